#include "database/postgres/pg_violation.h"

#include "database/state_trigger.h"

static bool is_open(const field *f) {
    return f->rule_count == 0 && !f->is_password;
}

static bool is_given(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->field_count; i++)
        if (m->fields[i] == f)
            return true;
    return false;
}

static bool may_tell_key(const mutation *m, const key *k) {
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i]->is_redacted ||
            (!is_open(k->fields[i]) && !is_given(m, k->fields[i])))
            return false;
    return true;
}

static bool may_tell_unique(const mutation *m, str constraint) {
    const key *primary = m->model->primary_key;
    if (primary != NULL && str_equal(primary->name, constraint))
        return may_tell_key(m, primary);
    for (size_t i = 0; i < m->model->unique_count; i++)
        if (str_equal(m->model->uniques[i].name, constraint))
            return may_tell_key(m, &m->model->uniques[i]);
    return false;
}

/* Of the two sides the mutation's model is one, else it is about rows that were
 * taken along. */
static const relation *find_relation(const schema *s, const mutation *m,
                                     str constraint) {
    for (size_t i = 0; i < s->model_count; i++) {
        const model *child = &s->models[i];
        for (size_t k = 0; k < child->relation_count; k++) {
            const relation *r = child->relations[k];
            bool is_near = r->parent == m->model || child == m->model;
            if (is_near && str_equal(r->constraint_name, constraint))
                return r;
        }
    }
    return NULL;
}

/* Errors end in logs. A column that refers to such a one is one itself. */
static bool has_redacted(const relation *r) {
    for (size_t i = 0; i < r->column_count; i++)
        if (r->references[i]->is_redacted || r->columns[i]->is_redacted)
            return true;
    return false;
}

static bool may_tell_reference(const schema *s, const mutation *m, const err *e,
                               str constraint) {
    const relation *r = find_relation(s, m, constraint);
    if (r == NULL || has_redacted(r))
        return false;
    if (str_contains(e->details, STR(") is not present in table ")))
        return r->child == m->model;
    for (size_t i = 0; i < r->column_count; i++)
        if (!is_open(r->references[i]))
            return false;
    return r->parent == m->model;
}

bool pg_violation_may_tell(const schema *s, const mutation *m, const err *e,
                           str constraint) {
    /* The database that is served as it is found judges who sees what. */
    if (!str_starts_with(e->foreign_code, STR("23")) || s->is_foreign)
        return true;
    if (m == NULL || m->kind == MUTATION_CALL)
        return false;
    if (e->code == ERR_UNIQUE_VIOLATION)
        return may_tell_unique(m, constraint);
    return e->code == ERR_FOREIGN_KEY_VIOLATION &&
           may_tell_reference(s, m, e, constraint);
}

err *pg_violation_of_states(arena *a, const mutation *m, str column, err *e) {
    err *refused = state_trigger_explain(a, m->model, column, e->details);
    if (refused != NULL)
        return refused;
    e->details = (str){0};
    return e;
}
