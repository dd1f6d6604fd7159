#include "core/nested_plan.h"

#include <inttypes.h>

#include "base/assert.h"
#include "core/policy.h"
#include "database/filter.h"

/* ---- Places --------------------------------------------------------------- */

static const str ACTIONS[] = {
    [NESTED_CREATE] = STR_INIT("create"),
    [NESTED_CONNECT] = STR_INIT("connect"),
    [NESTED_CONNECT_OR_CREATE] = STR_INIT("connectOrCreate"),
    [NESTED_DISCONNECT] = STR_INIT("disconnect"),
    [NESTED_SET] = STR_INIT("set"),
    [NESTED_UPDATE] = STR_INIT("update"),
    [NESTED_UPSERT] = STR_INIT("upsert"),
    [NESTED_DELETE] = STR_INIT("delete"),
    [NESTED_UPDATE_MANY] = STR_INIT("updateMany"),
    [NESTED_DELETE_MANY] = STR_INIT("deleteMany"),
};
_Static_assert(LENGTH(ACTIONS) == NESTED_ACTION_COUNT, "each has a name");

str nested_action_name(nested_action action) {
    return ACTIONS[action];
}

str nested_place_text(arena *a, const nested_place *place) {
    if (place == NULL)
        return STR("");
    str text = nested_place_text(a, place->outer);
    if (!str_is_empty(place->name))
        text =
            arena_printf(a, "%.*s%s%.*s", STR_ARG(text),
                         str_is_empty(text) ? "" : ".", STR_ARG(place->name));
    if (place->index != NESTED_NO_INDEX)
        text = arena_printf(a, "%.*s[%lld]", STR_ARG(text),
                            (long long)place->index);
    return text;
}

err *nested_place_refuse(arena *a, const nested_place *place, const char *why) {
    str text = nested_place_text(a, place);
    return err_new(a, ERR_BODY, "%.*s%s%s", STR_ARG(text),
                   str_is_empty(text) ? "" : ": ", why);
}

/* ---- Steps ---------------------------------------------------------------- */

nested_scope nested_scope_after(nested_scope s, size_t step) {
    s.after = step;
    return s;
}

nested_scope nested_scope_if(nested_scope s, mutation_turn turn, size_t step) {
    s.turn = turn;
    s.turn_of = step;
    return s;
}

nested_scope nested_scope_inside(nested_scope s) {
    s.depth++;
    return s;
}

err *nested_scope_check(arena *a, nested_scope s, const nested_place *place) {
    return s.depth <= NESTED_MAX_DEPTH
               ? NULL
               : err_new(a, ERR_TOO_COMPLEX,
                         "%.*s: rows are nested in more than %d others",
                         STR_ARG(nested_place_text(a, place)),
                         NESTED_MAX_DEPTH);
}

static size_t larger(size_t x, size_t y) {
    return x > y ? x : y;
}

typedef struct staging {
    const nested_plan *plan;
    size_t stage;
} staging;

static void wait_for(void *context, value_cell cell) {
    staging *s = context;
    s->stage = larger(s->stage, s->plan->steps[cell.mutation].stage + 1);
}

static size_t stage_of(const nested_plan *p, const mutation *m,
                       nested_scope s) {
    staging k = {.plan = p};
    if (s.after != NESTED_AT_ONCE)
        k.stage = p->steps[s.after].stage;
    if (s.turn != MUTATION_ALWAYS)
        k.stage = larger(k.stage, p->steps[s.turn_of].stage + 1);
    mutation_visit_cells(m, wait_for, &k);
    return k.stage;
}

err *nested_plan_add(nested_plan *p, const mutation *m, nested_scope s,
                     const nested_place *place, size_t *out) {
    arena *a = p->caller->arena;
    nested_step step = {.mutation = *m, .place = place};
    mutation *made = &step.mutation;
    if (p->step_count >= NESTED_MAX_MUTATIONS)
        return err_with_hint(
            err_new(a, ERR_TOO_COMPLEX,
                    "a nested write of more than %d changes, where rows that "
                    "a list creates count as one",
                    NESTED_MAX_MUTATIONS),
            STR("write in several requests"));
    made->refers_back = true; /* perhaps: it is found out */
    made->turn = s.turn;
    made->turn_of = s.turn_of;
    made->is_rolled_back = p->is_rolled_back;
    step.stage = stage_of(p, made, s);
    *out = p->step_count;
    ARENA_PUSH(a, p->steps, p->step_count, step);
    return NULL;
}

static size_t find_returned(const mutation *m, const field *f) {
    size_t at = 0;
    while (at < m->returning_count && m->returning[at].field != f)
        at++;
    return at;
}

static size_t hand_back(arena *a, mutation *m, const field *f) {
    size_t at = find_returned(m, f);
    if (at < m->returning_count)
        return at;
    query_column *columns = arena_new_array(a, query_column, at + 1);
    for (size_t i = 0; i < at; i++)
        columns[i] = m->returning[i];
    columns[at] = query_column_of(f);
    m->returning = columns;
    m->returning_count++;
    return at;
}

value nested_plan_cell(nested_plan *p, nested_ref row, const field *f) {
    mutation *m = &p->steps[row.step].mutation;
    size_t column = hand_back(p->caller->arena, m, f);
    return (value){
        .kind = VALUE_CELL,
        .cell = {(uint32_t)row.step, (uint32_t)row.row, (uint32_t)column}};
}

void nested_plan_finish(nested_plan *p) {
    arena *a = p->caller->arena;
    size_t stages = 0;
    size_t count = 0;
    for (size_t i = 0; i < p->step_count; i++)
        stages = larger(stages, p->steps[i].stage + 1);
    p->order = arena_new_array(a, size_t, p->step_count);
    p->place_in_order = arena_new_array(a, size_t, p->step_count);
    for (size_t stage = 0; stage < stages; stage++) {
        for (size_t i = 0; i < p->step_count; i++) {
            if (p->steps[i].stage != stage)
                continue;
            p->place_in_order[i] = count;
            p->order[count++] = i;
        }
    }
}

/* ---- Cells and filters ---------------------------------------------------- */

const value *nested_cells_find(const nested_cells *cells, const field *f) {
    for (size_t i = 0; i < cells->count; i++)
        if (cells->fields[i] == f)
            return &cells->values[i];
    return NULL;
}

void nested_cells_change(arena *a, nested_cells *cells, const field *f,
                         relative_operator op, value operand) {
    size_t at = cells->count;
    ARENA_PUSH(a, cells->fields, cells->count, f);
    cells->count = at;
    ARENA_PUSH(a, cells->values, cells->count, operand);
    cells->count = at;
    ARENA_PUSH(a, cells->operators, cells->count, op);
}

void nested_cells_add(arena *a, nested_cells *cells, const field *f, value v) {
    nested_cells_change(a, cells, f, RELATIVE_SET, v);
}

const filter *nested_filter_equal(arena *a, const field *f, value v) {
    return v.kind == VALUE_NULL ? filter_is_null(a, f)
                                : filter_compare(a, f, COMPARE_EQ, v);
}

const filter *nested_filter_and(arena *a, const filter *x, const filter *y) {
    return policy_narrow(a, y, x);
}

const filter *nested_filter_row(nested_plan *p, const model *m,
                                nested_ref row) {
    arena *a = p->caller->arena;
    const key *id = model_identity(m);
    const filter *where = NULL;
    for (size_t i = 0; i < id->field_count; i++)
        where = nested_filter_and(
            a, where,
            nested_filter_equal(a, id->fields[i],
                                nested_plan_cell(p, row, id->fields[i])));
    return where;
}

const filter *nested_cells_filter(arena *a, const nested_cells *cells) {
    const filter *made = NULL;
    for (size_t i = 0; i < cells->count; i++)
        made = nested_filter_and(
            a, made,
            nested_filter_equal(a, cells->fields[i], cells->values[i]));
    return made;
}

static bool has_all(const nested_cells *cells, const key *k) {
    if (k == NULL || k->is_partial)
        return false;
    for (size_t i = 0; i < k->field_count; i++) {
        const value *v = nested_cells_find(cells, k->fields[i]);
        if (v == NULL || v->kind == VALUE_NULL)
            return false;
    }
    return true;
}

const key *nested_cells_key(const model *m, const nested_cells *cells) {
    if (has_all(cells, m->primary_key))
        return m->primary_key;
    for (size_t i = 0; i < m->unique_count; i++)
        if (has_all(cells, &m->uniques[i]))
            return &m->uniques[i];
    return NULL;
}

static str list_keys(arena *a, const model *m) {
    str list = {0};
    const key *id = m->primary_key;
    for (size_t i = 0; id != NULL && i < id->field_count; i++)
        list =
            arena_printf(a, "%.*s%s%.*s", STR_ARG(list), i > 0 ? " and " : "",
                         STR_ARG(id->fields[i]->column));
    for (size_t i = 0; i < m->unique_count; i++) {
        const key *k = &m->uniques[i];
        for (size_t n = 0; !k->is_partial && n < k->field_count; n++)
            list = arena_printf(a, "%.*s%s%.*s", STR_ARG(list),
                                str_is_empty(list) ? ""
                                : n > 0            ? " and "
                                                   : ", or ",
                                STR_ARG(k->fields[n]->column));
    }
    return list;
}

err *nested_where_require_key(arena *a, const nested_operation *op,
                              const model *target, const key **out) {
    *out = nested_cells_key(target, &op->where);
    bool is_exact = op->create == NULL || *out == NULL ||
                    op->where.count == (*out)->field_count;
    if (*out != NULL && is_exact)
        return NULL;
    return err_with_hint(
        nested_place_refuse(a, op->place,
                            *out == NULL
                                ? "a row is named by a unique key of its table"
                                : "the row is looked for by a unique key and "
                                  "nothing else"),
        arena_printf(a, "of \"%.*s\": %.*s", STR_ARG(target->table),
                     STR_ARG(list_keys(a, target))));
}

static bool is_same(const value *x, const value *y) {
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case VALUE_BOOL:
        return x->boolean == y->boolean;
    case VALUE_INT:
        return x->integer == y->integer;
    case VALUE_TEXT:
    case VALUE_BYTES:
        return str_equal(x->text, y->text);
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_FLOAT:
    case VALUE_CELL:
        break;
    }
    return false;
}

err *nested_cells_merge(arena *a, const nested_operation *op,
                        nested_row *create) {
    *create = *op->create;
    nested_cells all = {0};
    for (size_t i = 0; i < create->cells.count; i++)
        nested_cells_add(a, &all, create->cells.fields[i],
                         create->cells.values[i]);
    for (size_t i = 0; i < op->where.count; i++) {
        const value *given = nested_cells_find(&all, op->where.fields[i]);
        if (given == NULL)
            nested_cells_add(a, &all, op->where.fields[i], op->where.values[i]);
        else if (!is_same(given, &op->where.values[i]))
            return nested_place_refuse(
                a, create->place,
                "another row than the one that is looked for is created");
    }
    create->cells = all;
    return NULL;
}

/* ---- What is run ----------------------------------------------------------- */

typedef struct renumbering {
    const nested_plan *plan;
    size_t first;
} renumbering;

static err *renumber(const void *context, arena *a, value_cell cell,
                     value *out) {
    const renumbering *r = context;
    (void)a;
    cell.mutation =
        (uint32_t)(r->plan->place_in_order[cell.mutation] + r->first);
    *out = (value){.kind = VALUE_CELL, .cell = cell};
    return NULL;
}

const mutation *const *nested_plan_mutations(const nested_plan *p,
                                             size_t first) {
    arena *a = p->caller->arena;
    renumbering r = {p, first};
    const mutation **list = arena_new_array(a, const mutation *, p->step_count);
    for (size_t i = 0; i < p->step_count; i++) {
        mutation *m = arena_new_array(a, mutation, 1);
        *m = p->steps[p->order[i]].mutation;
        m->turn_of = m->turn != MUTATION_ALWAYS
                         ? p->place_in_order[m->turn_of] + first
                         : 0;
        err *e = mutation_replace_cells(a, m, renumber, &r);
        ASSERT(e == NULL);
        list[i] = m;
    }
    return list;
}

/* ---- What came of it ------------------------------------------------------- */

static err *refuse_target(arena *a, const nested_place *place,
                          const model *target) {
    str text = nested_place_text(a, place);
    return err_with_hint(
        err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                "%.*s: there is no such row of \"%.*s\"", STR_ARG(text),
                STR_ARG(target->table)),
        STR("it must be there, within reach, and, but to be connected, belong "
            "to the row that it is nested in"));
}

/* "Key (owner_id)=(99) is not present" */
static bool is_value(arena *a, const value *v, str details) {
    str text = v->kind == VALUE_INT    ? arena_printf(a, "%" PRId64, v->integer)
               : v->kind == VALUE_TEXT ? v->text
                                       : (str){0};
    return str_contains(details, arena_printf(a, "=(%.*s", STR_ARG(text)));
}

static const nested_claim *find_claim(const nested_plan *p, const model *m,
                                      const err *e) {
    const nested_claim *found = NULL;
    for (size_t i = 0; i < p->claim_count; i++) {
        const nested_claim *claim = &p->claims[i];
        if (claim->relation->child != m ||
            !str_contains(e->message, claim->relation->constraint_name))
            continue;
        if (is_value(p->caller->arena, claim->value, e->details))
            return claim;
        found = claim;
    }
    return str_is_empty(e->details) ? found : NULL;
}

static err *explain_at(const nested_plan *p, const nested_step *step, err *e) {
    arena *a = p->caller->arena;
    str place = nested_place_text(a, step->place);
    if (e->code == ERR_NOT_SINGULAR && step->mutation.model->join_of != NULL)
        return err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                       "%.*s: the row is not connected", STR_ARG(place));
    if (e->code == ERR_NOT_SINGULAR)
        return refuse_target(a, step->place, step->mutation.model);
    err *told =
        err_new(a, e->code, "%.*s: %.*s", STR_ARG(place), STR_ARG(e->message));
    told->details = e->details;
    told->hint = e->hint;
    return told;
}

err *nested_plan_explain(const nested_plan *p, size_t failed_at, err *e) {
    if (failed_at >= p->step_count)
        return e;
    const nested_step *step = &p->steps[p->order[failed_at]];
    const nested_claim *claim = e->code == ERR_FOREIGN_KEY_VIOLATION
                                    ? find_claim(p, step->mutation.model, e)
                                    : NULL;
    if (claim != NULL)
        return refuse_target(p->caller->arena, claim->place,
                             claim->relation->parent);
    return step->place == NULL ? e : explain_at(p, step, e);
}

/* Each step's once, though it may write several of the rows. */
static void add_counts(const nested_plan *p, const mutation_result *results,
                       mutation_result *out) {
    for (size_t i = 0; i < p->root_count; i++) {
        if (p->roots[i].row != 0)
            continue;
        const mutation_result *r =
            &results[p->place_in_order[p->roots[i].step]];
        out->affected += r->affected;
        out->inserted += r->inserted;
    }
}

mutation_result nested_plan_result(arena *a, const nested_plan *p,
                                   const mutation_result *results) {
    mutation_result out = {0};
    value *cells = NULL;
    size_t count = 0;
    add_counts(p, results, &out);
    for (size_t i = p->first_shown; i < p->step_count; i++) {
        const mutation_result *r = &results[p->place_in_order[i]];
        out.cell_count = r->cell_count;
        out.row_count += r->row_count;
        for (size_t k = 0; k < r->row_count * r->cell_count; k++)
            ARENA_PUSH(a, cells, count, r->rows[k]);
    }
    out.rows = cells;
    return out;
}
