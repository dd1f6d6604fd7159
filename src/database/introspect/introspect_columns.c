/* introspect_columns.c: the types of fields, and the enums that SQLite keeps as
 * CHECKs. */
#include "database/introspect/introspect_draft.h"
#include "database/introspect/introspect_literal.h"
#include "database/introspect/introspect_name.h"
#include "database/introspect/introspect_type.h"

/* ---- "status" IN ('a', 'b') ----------------------------------------------*/

static bool take(str *rest, str prefix) {
    if (!str_starts_with(*rest, prefix))
        return false;
    str_take(rest, prefix.len);
    return true;
}

/* The text between two quotes, doubled ones inside of it included. */
static str take_quoted(str *rest) {
    size_t n = 1;
    while (n < rest->len) {
        if (rest->ptr[n] != '\'')
            n++;
        else if (n + 1 < rest->len && rest->ptr[n + 1] == '\'')
            n += 2;
        else
            break;
    }
    return str_take(rest, n < rest->len ? n + 1 : rest->len);
}

static bool read_values(arena *a, str list, structure_enum *out) {
    str *values = NULL;
    while (!take(&list, STR(")"))) {
        literal l = {0};
        str rest = list;
        if (!str_starts_with(rest, STR("'")) ||
            !literal_read(a, take_quoted(&rest), &l))
            return false;
        ARENA_PUSH(a, values, out->value_count, l.text);
        list = rest;
        if (!take(&list, STR(", ")) && !str_starts_with(list, STR(")")))
            return false;
    }
    out->values = values;
    return str_is_empty(list);
}

/* Only a CHECK of ours: one that others wrote would come back under another
 * name. */
static bool read_enum_check(arena *a, const structure_check *c,
                            const structure_table *t, str column,
                            structure_enum *out) {
    str name =
        arena_printf(a, "%.*s_%.*s_check", STR_ARG(t->name), STR_ARG(column));
    str rest = c->expression;
    return str_equal(c->name, name) && take(&rest, STR("\"")) &&
           take(&rest, column) && take(&rest, STR("\" IN (")) &&
           read_values(a, rest, out) && out->value_count > 0;
}

static bool has_values(const draft_enum *e, const structure_enum *other) {
    if (e->value_count != other->value_count)
        return false;
    for (size_t i = 0; i < e->value_count; i++) {
        if (!str_equal(e->values[i], other->values[i]))
            return false;
    }
    return true;
}

/* Columns with equal values in one order share an enum. It is called after the
 * first of them, as Prisma calls the enums of MySQL. */
static const draft_enum *enum_of_values(draft *d, const draft_model *m,
                                        const draft_field *f,
                                        const structure_enum *found) {
    for (size_t i = 0; i < d->enum_count; i++) {
        if (has_values(&d->enums[i], found))
            return &d->enums[i];
    }
    structure_enum named = *found;
    named.name =
        arena_printf(d->a, "%.*s_%.*s", STR_ARG(m->name), STR_ARG(f->name));
    draft_add_enum(d, &named);
    draft_enum *made = &d->enums[d->enum_count - 1];
    made->database_name = (str){0};
    return made;
}

static void look_for_enum(draft *d, const draft_model *m, draft_field *f) {
    bool is_text =
        f->type.kind == FIELD_SCALAR && f->type.scalar == SCALAR_STRING;
    for (size_t i = 0; is_text && i < m->table->check_count; i++) {
        structure_enum found = {0};
        if (!read_enum_check(d->a, &m->table->checks[i], m->table,
                             f->column->name, &found))
            continue;
        f->type.kind = FIELD_ENUM;
        f->type.enumeration = enum_of_values(d, m, f, &found);
        return;
    }
}

/* ---- Fields --------------------------------------------------------------*/

static bool is_in_primary_key(const structure_table *t, str column) {
    for (size_t i = 0; i < t->primary_key.column_count; i++) {
        if (str_equal(t->primary_key.columns[i], column))
            return true;
    }
    return false;
}

static void type_field(draft *d, const draft_model *m, draft_field *f) {
    f->type = introspect_type(d, m->table, f->column);
    if (d->structure->engine == ENGINE_SQLITE)
        look_for_enum(d, m, f);
    f->is_optional = !f->column->is_required && !f->type.is_list &&
                     !is_in_primary_key(m->table, f->column->name);
}

static void note_column(draft *d, draft_model *m, const draft_field *f) {
    const structure_column *c = f->column;
    if (f->is_left_out)
        draft_note(d, m, "column \"%.*s\", which the database computes",
                   STR_ARG(c->name));
    else if (!str_is_empty(c->extra))
        draft_note(d, m, "column \"%.*s\": %.*s", STR_ARG(c->name),
                   STR_ARG(c->extra));
}

void draft_type_columns(draft *d) {
    for (size_t i = 0; i < d->model_count; i++) {
        draft_model *m = &d->models[i];
        for (size_t k = 0; k < m->field_count; k++) {
            type_field(d, m, &m->fields[k]);
            note_column(d, m, &m->fields[k]);
        }
    }
}
