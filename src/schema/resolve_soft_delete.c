/*
 * @@softDelete: rows that are deleted stay, with the time at which they were.
 *
 * Unique keys become keys of the rows that are not deleted, so that a deleted
 * row is in nobody's way. Two kinds stay as they are: what identifies a row, and
 * what foreign keys refer to, which the database lets no partial key be.
 *
 * Deleted rows get an index of their own.
 */
#include "schema/resolve_condition.h"

static bool report(resolver *r, source_span span, const char *message,
                   const char *help) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_BAD_SOFT_DELETE, span, "%s", message);
    diag_help(r->arena, d, "%s", help);
    return false;
}

/* ---- The field ---------------------------------------------------------- */

static const char WANTED[] =
    "declare 'deletedAt DateTime?', or name such a field: "
    "@@softDelete(removedAt)";

/* Rows that go along are found by the time, to the millisecond. */
static bool keeps_milliseconds(const field *f) {
    const native_type *native = &f->native;
    if (native->spec == NULL)
        return true;
    bool is_time = str_starts_with(native->spec->name, STR("Timestamp"));
    return is_time &&
           (native->parameter_count == 0 || native->parameters[0] >= 3);
}

static field_draft *find_field(resolver *r, model_draft *m, const binding *b) {
    const expression *said = binding_find(b, STR("field"));
    if (said != NULL) {
        field_list list = resolve_field_list(r, m, said);
        return list.is_damaged || list.count != 1 ? NULL : list.items[0];
    }
    field_draft *f = resolve_find_field(m, STR("deletedAt"));
    if (f == NULL && !m->is_damaged)
        report(r, b->attribute->span,
               "'@@softDelete' needs a field for the time", WANTED);
    return f;
}

static bool check_field(resolver *r, const binding *b, const field *f) {
    const expression *said = binding_find(b, STR("field"));
    source_span span = said != NULL ? said->span : b->attribute->span;
    bool is_time =
        f->kind == FIELD_SCALAR && f->scalar == SCALAR_DATETIME && !f->is_list;
    if (!is_time || !f->is_optional || f->is_updated_at ||
        f->default_value.kind != DEFAULT_NONE)
        return report(r, span,
                      "the time of a deletion is a DateTime? without a default",
                      WANTED);
    return keeps_milliseconds(f) ||
           report(r, span, "the time of a deletion has milliseconds",
                  "write @db.Timestamp(3), or leave the native type out");
}

/* ---- Keys --------------------------------------------------------------- */

static bool is_referenced(const resolver *r, const model_draft *m,
                          const key *k) {
    for (size_t i = 0; i < r->model_count; i++) {
        const model_draft *child = &r->model_drafts[i];
        for (size_t j = 0; j < child->model->relation_count; j++) {
            const relation *rel = child->relations[j];
            size_t found = 0;
            for (size_t n = 0; n < rel->column_count; n++)
                for (size_t at = 0; at < k->field_count; at++)
                    found += rel->references[n] == k->fields[at];
            if (rel->parent == m->model && found == k->field_count)
                return true;
        }
    }
    return false;
}

static bool is_identity(const model_draft *m, const key *k) {
    if (m->primary_key != NULL || k->is_partial)
        return false;
    for (size_t i = 0; i < k->field_count; i++) {
        if (k->fields[i]->is_optional)
            return false;
    }
    return true;
}

/* deletedAt == null, or != */
static const condition *compare_null(resolver *r, const model_draft *m,
                                     condition_operator op, source_span span) {
    condition *made = arena_new_array(r->arena, condition, 3);
    const field **steps = arena_new_array(r->arena, const field *, 1);
    steps[0] = m->model->soft_delete;
    made[0] = (condition){.kind = CONDITION_COMPARE,
                          .op = op,
                          .left = &made[1],
                          .right = &made[2],
                          .span = span};
    made[1] = (condition){
        .kind = CONDITION_PATH, .steps = steps, .step_count = 1, .span = span};
    made[2] = (condition){.kind = CONDITION_NULL, .span = span};
    made[0].type.kind = TYPE_SCALAR;
    made[0].type.scalar = SCALAR_BOOLEAN;
    made[1].type.kind = TYPE_SCALAR;
    made[1].type.scalar = SCALAR_DATETIME;
    return made;
}

static void narrow_keys(resolver *r, model_draft *m, source_span span) {
    bool has_identity = false;
    for (size_t i = 0; i < m->model->unique_count; i++) {
        key *k = &m->uniques[i];
        bool identifies = !has_identity && is_identity(m, k);
        has_identity |= identifies;
        if (identifies || is_referenced(r, m, k))
            continue;
        k->is_of_live = true;
        k->where = compare_null(r, m, CONDITION_EQUAL, span);
    }
}

/* Deleted rows are found by their time, by who asks for them and by what goes
 * with what. The others are not in it. */
static void add_index(resolver *r, model_draft *m, source_span span) {
    const field **fields = arena_new_array(r->arena, const field *, 1);
    fields[0] = m->model->soft_delete;
    key k = {.fields = fields,
             .options = arena_new_array(r->arena, key_option, 1),
             .field_count = 1,
             .where = compare_null(r, m, CONDITION_NOT_EQUAL, span),
             .is_of_deleted = true,
             .span = span};
    ARENA_PUSH(r->arena, m->indexes, m->model->index_count, k);
}

const condition *resolve_live_and(resolver *r, const condition *live_one,
                                  const condition *where) {
    if (live_one == NULL || where == NULL)
        return where;
    condition *both = arena_new_array(r->arena, condition, 1);
    *both = (condition){.kind = CONDITION_AND,
                        .type = live_one->type,
                        .left = live_one,
                        .right = where,
                        .span = where->span};
    return both;
}

/* ------------------------------------------------------------------------- */

static void resolve(resolver *r, const put_off *p) {
    model_draft *m = p->model;
    source_span span = p->binding.attribute->span;
    if (m->model->is_view) {
        report(r, span, "nobody deletes from a view", "remove it");
        return;
    }
    const field_draft *f = find_field(r, m, &p->binding);
    if (f == NULL || f->is_damaged || !check_field(r, &p->binding, f->field))
        return;
    m->model->soft_delete = f->field;
    narrow_keys(r, m, span);
    add_index(r, m, span);
}

void resolve_soft_deletes(resolver *r) {
    for (size_t i = 0; i < r->put_off_count; i++) {
        if (r->put_off[i].binding.spec->own == OWN_SOFT_DELETE)
            resolve(r, &r->put_off[i]);
    }
}
