#include "core/mutation_draft.h"

#include "base/assert.h"
#include "core/function_caller.h"
#include "core/join_rights.h"
#include "core/merge_keys.h"
#include "core/planner.h"
#include "core/policy.h"
#include "core/policy_judge.h"
#include "core/relative_merge.h"
#include "core/soft_delete.h"
#include "core/validator.h"

/* --- rights --- */

static err *authorize_insert(const caller *c, const mutation *m) {
    TRY(policy_require(c, m->model, OPERATION_CREATE));
    if (m->on_conflict == CONFLICT_MERGE) {
        TRY(policy_require(c, m->model, OPERATION_UPDATE));
        TRY(policy_require(c, m->model, OPERATION_READ));
        TRY(policy_judge_check_merge(c, m));
    }
    if (mutation_cell_count(m) > 0 && !m->is_result_hidden)
        TRY(policy_require(c, m->model, OPERATION_READ));
    return NULL;
}

/* An update of nothing is what a client may well ask for, too. */
static bool is_look(const mutation *m) {
    return mutation_is_look(m) &&
           (m->judge != NULL || m->aim != MUTATION_WRITES);
}

static err *authorize(const caller *c, const mutation *m) {
    if (UNLIKELY(m->model->join_of != NULL))
        return join_rights_require(c, m->model);
    switch (m->kind) {
    case MUTATION_INSERT:
        return authorize_insert(c, m);
    case MUTATION_UPDATE:
        /* Of a look the planner sees to what may be seen. */
        return is_look(m) && m->aim != MUTATION_LOOKS_TO_WRITE
                   ? NULL
                   : policy_require(c, m->model, OPERATION_UPDATE);
    case MUTATION_DELETE:
        return policy_require(c, m->model, OPERATION_DELETE);
    case MUTATION_CALL:
        return function_caller_require(c, m->call->function);
    }
    PANIC("no such mutation");
}

/* A password is stored as a hash, and nothing here can make one yet. In clear
 * text it is never stored. */
static err *refuse_password(arena *a, const field *f) {
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "column \"%.*s\" of \"%.*s\" is a password, and passwords "
                "cannot be written yet",
                STR_ARG(f->column), STR_ARG(f->model->table)),
        STR("leave it out: it comes with sign-in, which hashes passwords"));
}

/* A merge finds rows by them, as a filter does. */
static err *check_merge_columns(const caller *c, const mutation *m) {
    for (size_t i = 0;
         m->on_conflict == CONFLICT_MERGE && i < m->conflict_field_count; i++) {
        if (!policy_shows(c, m->conflict_fields[i]))
            return policy_refuse_column(c->arena, m->conflict_fields[i]);
    }
    return NULL;
}

static err *authorize_columns(const caller *c, const mutation *m) {
    bool changes =
        m->kind == MUTATION_UPDATE || m->on_conflict == CONFLICT_MERGE;
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = m->fields[i];
        if (f->is_password)
            return refuse_password(c->arena, f);
        if (!field_is_visible(f) || (changes && !policy_sets(c, f)))
            return policy_refuse_column(c->arena, f);
    }
    return check_merge_columns(c, m);
}

/* --- values --- */

static bool mentions(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i] == f)
            return true;
    }
    return false;
}

/* Whether a column that is not mentioned gets a value from us. Literals and
 * expressions are in the table's definition, and autoincrement is the
 * database's: they happen by leaving the column out. But for a literal of an id,
 * in whose place SQLite would count. */
static bool is_ours_to_make(const mutation *m, const field *f) {
    if (m->kind == MUTATION_UPDATE)
        return f->is_updated_at;
    switch (f->default_value.kind) {
    case DEFAULT_NONE:
        return f->is_updated_at || f->is_list;
    case DEFAULT_LITERAL:
        return f->is_id;
    case DEFAULT_LIST:
    case DEFAULT_AUTOINCREMENT:
    case DEFAULT_DBGENERATED:
        return false;
    case DEFAULT_NOW:
    case DEFAULT_UUID4:
    case DEFAULT_UUID7:
    case DEFAULT_CUID:
    case DEFAULT_CUID2:
    case DEFAULT_ULID:
    case DEFAULT_NANOID:
        return true;
    }
    return false;
}

static size_t count_made_columns(const mutation *m) {
    size_t count = 0;
    for (size_t i = 0; i < m->model->column_count; i++) {
        const field *f = m->model->columns[i];
        count += is_ours_to_make(m, f) && !mentions(m, f);
    }
    return count;
}

/* Adds the columns that we make to those that were mentioned. */
static void complete_fields(mutation_draft *d, size_t made) {
    mutation *m = &d->mutation;
    const field **fields =
        arena_new_array(d->a, const field *, m->field_count + made);
    bool *keeps = arena_new_array(d->a, bool, m->field_count + made);
    size_t count = m->field_count;
    if (count > 0)
        memcpy(fields, m->fields, count * sizeof *fields);
    for (size_t i = 0; i < m->model->column_count; i++) {
        const field *f = m->model->columns[i];
        if (!is_ours_to_make(m, f) || mentions(m, f))
            continue;
        /* What a row was created with, a merge leaves alone. */
        keeps[count] = !f->is_updated_at;
        fields[count++] = f;
    }
    m->fields = fields;
    m->field_count = count;
    m->keeps_on_merge = keeps;
}

/* What we make is set. */
static void complete_operators(mutation_draft *d, size_t wanted_count) {
    mutation *m = &d->mutation;
    relative_operator *operators =
        arena_new_array(d->a, relative_operator, m->field_count);
    for (size_t i = 0; i < wanted_count; i++)
        operators[i] = m->operators[i];
    m->operators = operators;
}

static err *make_cell(mutation_draft *d, const field *f, value *out) {
    if (f->is_updated_at) {
        *out = default_maker_now(&d->defaults);
        return NULL;
    }
    TRY(default_maker_make(&d->defaults, f, out));
    if (out->kind == VALUE_DEFAULT && d->mutation.kind == MUTATION_UPDATE)
        return err_new(d->a, ERR_INVALID,
                       "column \"%.*s\" cannot be updated to its default",
                       STR_ARG(f->column));
    return NULL;
}

static bool has_default_cell(const mutation *m) {
    for (size_t i = 0; i < m->row_count * m->field_count; i++) {
        if (m->values[i].kind == VALUE_DEFAULT)
            return true;
    }
    return false;
}

/* Rows of wanted_count cells become rows with a cell for each field. */
static err *complete_values(mutation_draft *d, const value *wanted,
                            size_t wanted_count) {
    mutation *m = &d->mutation;
    value *values = arena_new_array(d->a, value, m->row_count * m->field_count);
    for (size_t row = 0; row < m->row_count; row++) {
        value *cells = values + row * m->field_count;
        for (size_t i = 0; i < m->field_count; i++) {
            cells[i] = i < wanted_count ? wanted[row * wanted_count + i]
                                        : (value){.kind = VALUE_DEFAULT};
            if (cells[i].kind == VALUE_DEFAULT)
                TRY(make_cell(d, m->fields[i], &cells[i]));
        }
    }
    m->values = values;
    return NULL;
}

static err *complete_wanted(mutation_draft *d) {
    mutation *m = &d->mutation;
    size_t made = count_made_columns(m);
    const value *wanted = m->values;
    size_t wanted_count = m->field_count;
    if (made == 0 && !has_default_cell(m))
        return NULL;
    complete_fields(d, made);
    if (UNLIKELY(m->operators != NULL))
        complete_operators(d, wanted_count);
    return complete_values(d, wanted, wanted_count);
}

static err *complete(mutation_draft *d) {
    TRY(complete_wanted(d));
    bool begins =
        d->mutation.operators != NULL && d->mutation.kind == MUTATION_INSERT;
    return UNLIKELY(begins) ? relative_merge_begin(&d->defaults, &d->mutation)
                            : NULL;
}

/* --- validation --- */

static err *refuse_null(arena *a, const field *f) {
    return err_new(
        a, ERR_NOT_NULL_VIOLATION,
        "null value in column \"%.*s\" of relation \"%.*s\" violates "
        "not-null constraint",
        STR_ARG(f->column), STR_ARG(f->model->table));
}

/* An insert cannot succeed without these. */
static err *check_required(arena *a, const mutation *m) {
    for (size_t i = 0; i < m->model->column_count; i++) {
        const field *f = m->model->columns[i];
        bool is_needed = !f->is_optional &&
                         f->default_value.kind == DEFAULT_NONE &&
                         !f->is_updated_at;
        if (is_needed && !mentions(m, f))
            return refuse_null(a, f);
    }
    return NULL;
}

/* An update can succeed with them, when it matches no row, so there the
 * database is asked; but it takes a null for a list. */
static err *check_nulls(arena *a, const mutation *m) {
    for (size_t i = 0; i < m->row_count * m->field_count; i++) {
        const field *f = m->fields[i % m->field_count];
        bool is_refused =
            !f->is_optional && (m->kind == MUTATION_INSERT || f->is_list);
        if (m->values[i].kind == VALUE_NULL && is_refused)
            return refuse_null(a, f);
    }
    return NULL;
}

static bool has_field(const key *k, const field *f) {
    for (size_t i = 0; i < k->field_count; i++) {
        if (k->fields[i] == f)
            return true;
    }
    return false;
}

static bool is_key(const key *k, const mutation *m) {
    if (k == NULL || k->is_partial || k->field_count != m->conflict_field_count)
        return false;
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        if (!has_field(k, m->conflict_fields[i]))
            return false;
    }
    return true;
}

static bool has_partial_key(const mutation *m) {
    for (size_t i = 0; i < m->model->unique_count; i++) {
        key whole = m->model->uniques[i];
        bool is_partial = whole.is_partial;
        whole.is_partial = false;
        if (is_partial && is_key(&whole, m))
            return true;
    }
    return false;
}

/* One of rows that are not deleted finds no deleted row. */
static err *check_conflict_key(arena *a, mutation *m) {
    if (m->on_conflict == CONFLICT_FAIL || m->model->is_foreign ||
        is_key(m->model->primary_key, m))
        return NULL;
    for (size_t i = 0; i < m->model->unique_count; i++) {
        if (!is_key(&m->model->uniques[i], m))
            continue;
        m->conflict_where = m->model->uniques[i].where;
        return NULL;
    }
    err *e = err_new(a, ERR_NO_CONFLICT_KEY,
                     "there is no unique or exclusion constraint matching the "
                     "ON CONFLICT specification");
    return has_partial_key(m)
               ? err_with_hint(e, STR("the unique key with these columns is "
                                      "for some rows only (where:), so an "
                                      "upsert cannot go by it"))
               : e;
}

/* --- */

/* Leaves to an update or a delete the rows that the caller may read, and may do
 * that with. False if there are none. */
static bool narrow_targets(const caller *c, mutation *m, operation op) {
    if (UNLIKELY(m->model->join_of != NULL))
        return join_rights_narrow(c, m);
    policy_reach seen = soft_delete_reach(c, m->model, OPERATION_READ);
    policy_reach reached = soft_delete_reach(c, m->model, op);
    m->where = policy_narrow(c->arena, m->where, seen.where);
    m->where = policy_narrow(c->arena, m->where, reached.where);
    return !seen.is_empty && !reached.is_empty;
}

/* Nothing to write: no rows to insert, no change to make, or no row that the
 * caller can reach. */
static bool is_idle(const caller *c, mutation *m) {
    switch (m->kind) {
    case MUTATION_INSERT:
        return m->row_count == 0;
    case MUTATION_UPDATE:
        if (is_look(m))
            return !narrow_targets(c, m,
                                   m->aim == MUTATION_LOOKS_TO_WRITE
                                       ? OPERATION_UPDATE
                                       : OPERATION_READ);
        return m->field_count == 0 || !narrow_targets(c, m, OPERATION_UPDATE);
    case MUTATION_DELETE:
        return !narrow_targets(c, m, OPERATION_DELETE);
    case MUTATION_CALL:
        return false;
    }
    return false;
}

static err *refuse_none(arena *a) {
    return err_with_details(err_new(a, ERR_NOT_SINGULAR, "not exactly one row"),
                            STR("The result contains 0 rows"));
}

/* Its rows are shown to whom the function lets call it, but for those of a
 * model, which the caller must be able to read. */
static err *prepare_call(mutation_draft *d) {
    const caller *c = d->defaults.caller;
    mutation *m = &d->mutation;
    bool has_rows_of_model = !m->model->is_shape && mutation_cell_count(m) > 0;
    policy_reach seen = {0};
    TRY(function_caller_complete(c, m->call, &m->call));
    if (has_rows_of_model)
        seen = policy_reach_of(c, m->model, OPERATION_READ);
    m->where = seen.is_empty ? &POLICY_NO_ROW
                             : policy_narrow(c->arena, m->where, seen.where);
    return NULL;
}

mutation_draft mutation_draft_of(const caller *c, const mutation *wanted) {
    mutation_draft d = {
        .a = c->arena,
        .mutation = *wanted,
        .defaults = default_maker_for(c),
    };
    d.mutation.scope = c->scope;
    d.mutation.origin = c->origin;
    return d;
}

static err *check_soft_delete(const caller *c, const mutation *m) {
    TRY(soft_delete_require(c, m->model));
    return soft_delete_check_values(c, m);
}

/* Those who may ask for deleted rows may do away with them. */
static bool is_soft_delete(const caller *c, const mutation *m) {
    return m->kind == MUTATION_DELETE && m->model->soft_delete != NULL &&
           c->deleted != DELETED_ONLY;
}

err *mutation_draft_check(mutation_draft *d) {
    const caller *c = d->defaults.caller;
    const mutation *m = &d->mutation;
    if (UNLIKELY(m->is_ours)) {
        ASSERT(m->model->is_system);
        return NULL;
    }
    TRY(authorize(c, m));
    TRY(authorize_columns(c, m));
    if (UNLIKELY(m->operators != NULL))
        TRY(relative_merge_check(c, m));
    if (UNLIKELY(m->model->soft_delete != NULL))
        TRY(check_soft_delete(c, m));
    if (is_look(m))
        TRY(policy_require_shown(c, m->judged, m->judged_count));
    TRY(planner_narrow_mutation(c, &d->mutation));
    return check_conflict_key(d->a, &d->mutation);
}

static bool is_without_values(const mutation *m) {
    return m->kind == MUTATION_DELETE || m->kind == MUTATION_CALL ||
           is_look(m) || m->model->is_foreign;
}

err *mutation_draft_complete(mutation_draft *d, bool *is_idle_one) {
    mutation *m = &d->mutation;
    *is_idle_one = false;
    if (UNLIKELY(m->is_ours))
        return NULL;
    if (m->kind == MUTATION_CALL)
        return prepare_call(d);
    *is_idle_one = is_idle(d->defaults.caller, m);
    if (*is_idle_one)
        return m->must_be_one ? refuse_none(d->a) : NULL;
    return is_without_values(m) ? NULL : complete(d);
}

err *mutation_draft_validate(mutation_draft *d) {
    const caller *c = d->defaults.caller;
    mutation *m = &d->mutation;
    if (UNLIKELY(m->is_ours))
        return NULL;
    if (is_soft_delete(c, m)) {
        soft_delete_turn(c, &d->defaults, m);
        return NULL;
    }
    if (is_without_values(m))
        return NULL;
    if (m->kind == MUTATION_INSERT)
        TRY(check_required(d->a, m));
    TRY(check_nulls(d->a, m));
    TRY(validator_run(c, m, &d->defaults));
    if (UNLIKELY(m->model->soft_delete != NULL))
        soft_delete_guard_merge(c, m);
    TRY(policy_judge_set(c, m));
    return merge_keys_check(d->a, m);
}

err *mutation_draft_prepare(mutation_draft *d, bool *is_idle_one) {
    TRY(mutation_draft_complete(d, is_idle_one));
    return *is_idle_one ? NULL : mutation_draft_validate(d);
}
