#include "core/relative_merge.h"

#include "core/policy.h"
#include "database/list_default.h"

/* ---- Checks ------------------------------------------------------------- */

static bool finds_by(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->conflict_field_count; i++)
        if (m->conflict_fields[i] == f)
            return true;
    return false;
}

static err *refuse_new(arena *a, const field *f, relative_operator op) {
    return err_with_hint(
        err_new(a, ERR_VALUE_TYPE,
                "\"%.*s\" of column \"%.*s\" changes the value of a row that "
                "is there, and a new row has none",
                STR_ARG(relative_operator_name(op)), STR_ARG(f->column)),
        STR("give the value itself, or {\"set\": value}; an upsert (Prefer: "
            "resolution=merge-duplicates) changes the row that it finds"));
}

static err *refuse_key(arena *a, const field *f, relative_operator op) {
    return err_new(
        a, ERR_VALUE_TYPE,
        "\"%.*s\" of column \"%.*s\": the row is found by its value, "
        "so it cannot be changed",
        STR_ARG(relative_operator_name(op)), STR_ARG(f->column));
}

static err *check_field(const caller *c, const mutation *m, const field *f,
                        relative_operator op) {
    if (!policy_shows(c, f))
        return policy_refuse_column(c->arena, f);
    if (m->kind != MUTATION_INSERT)
        return NULL;
    if (m->on_conflict != CONFLICT_MERGE)
        return refuse_new(c->arena, f, op);
    return finds_by(m, f) ? refuse_key(c->arena, f, op) : NULL;
}

err *relative_merge_check(const caller *c, const mutation *m) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->operators[i] != RELATIVE_SET)
            TRY(check_field(c, m, m->fields[i], m->operators[i]));
    }
    return NULL;
}

/* ---- New rows ----------------------------------------------------------- */

static err *refuse_made(arena *a, const field *f, relative_operator op) {
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "\"%.*s\" of column \"%.*s\": the database makes its default, "
                "so a new row has nothing to change",
                STR_ARG(relative_operator_name(op)), STR_ARG(f->column)),
        STR("update the row by PATCH"));
}

static err *default_of(default_maker *d, const field *f, relative_operator op,
                       value *out) {
    arena *a = d->caller->arena;
    if (f->default_value.kind == DEFAULT_LIST) {
        *out = (value){.kind = VALUE_TEXT, .text = list_default_text(a, f)};
        return NULL;
    }
    TRY(default_maker_make(d, f, out));
    return out->kind == VALUE_DEFAULT ? refuse_made(a, f, op) : NULL;
}

static err *begin_column(default_maker *d, const mutation *m, size_t at,
                         value *values) {
    value first = {0};
    relative_operator op = m->operators[at];
    TRY(default_of(d, m->fields[at], op, &first));
    for (size_t row = 0; row < m->row_count; row++) {
        value *cell = &values[row * m->field_count + at];
        TRY(relative_apply(d->caller->arena, m->fields[at], op, &first, cell,
                           cell));
    }
    return NULL;
}

err *relative_merge_begin(default_maker *d, mutation *m) {
    size_t count = m->row_count * m->field_count;
    value *values = arena_new_array(d->caller->arena, value, count);
    for (size_t i = 0; i < count; i++)
        values[i] = m->values[i];
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->operators[i] != RELATIVE_SET)
            TRY(begin_column(d, m, i, values));
    }
    m->operands = m->values;
    m->values = values;
    return NULL;
}
