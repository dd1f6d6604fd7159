#include "core/policy_judge.h"

#include "core/filter_eval.h"
#include "core/policy.h"

enum { MAX_REACHES = 3 };

/* What the judge needs, for the engine's thread. */
typedef struct policy_judge {
    const model *model;
    const filter *wheres[MAX_REACHES];
    size_t where_count;
    int32_t *cell_of;
    mutation_judge *next; /* who was to judge, or NULL */
    const void *next_context;
} policy_judge;

static err *refuse(arena *a, const model *m) {
    return err_new(a, ERR_DENIED,
                   "new row violates row-level security policy for table "
                   "\"%.*s\"",
                   STR_ARG(m->table));
}

static err *judge(const void *context, arena *a, size_t row,
                  const value *cells) {
    const policy_judge *j = context;
    const condition_row written = {.cells = cells, .cell_of = j->cell_of};
    for (size_t i = 0; i < j->where_count; i++)
        if (filter_eval(a, j->wheres[i], &written) != TRUTH_TRUE)
            return refuse(a, j->model);
    return j->next != NULL ? j->next(j->next_context, a, row, cells) : NULL;
}

/* The columns behind those that are judged already. */
static void add_columns(arena *a, policy_judge *j, mutation *m) {
    size_t count = m->model->column_count;
    bool *is_read = arena_new_array(a, bool, count);
    query_column *judged =
        arena_new_array(a, query_column, m->judged_count + count);
    for (size_t i = 0; i < m->judged_count; i++)
        judged[i] = m->judged[i];
    for (size_t i = 0; i < j->where_count; i++)
        filter_eval_mark(j->wheres[i], is_read);
    j->cell_of = arena_new_array(a, int32_t, count);
    for (size_t i = 0; i < count; i++) {
        j->cell_of[i] = CONDITION_NO_CELL;
        if (!is_read[i])
            continue;
        j->cell_of[i] = (int32_t)m->judged_count;
        judged[m->judged_count++] = query_column_of(m->model->columns[i]);
    }
    m->judged = judged;
}

static err *add_reach(const caller *c, policy_judge *j, operation op) {
    policy_reach reach = policy_reach_with_deleted(c, j->model, op);
    if (reach.is_empty || !filter_eval_can(reach.where))
        return refuse(c->arena, j->model);
    if (reach.where != NULL)
        j->wheres[j->where_count++] = reach.where;
    return NULL;
}

static bool reaches_all(const caller *c, const model *m, operation op) {
    policy_reach reach = policy_reach_with_deleted(c, m, op);
    return !reach.is_empty && reach.where == NULL;
}

err *policy_judge_check_merge(const caller *c, const mutation *m) {
    if (LIKELY(c->app->policies == NULL))
        return NULL;
    if (reaches_all(c, m->model, OPERATION_UPDATE) &&
        reaches_all(c, m->model, OPERATION_READ))
        return NULL;
    return err_with_hint(
        err_new(c->arena, ERR_DENIED, "permission denied for table %.*s",
                STR_ARG(m->model->table)),
        STR("an upsert changes rows that nobody has looked at, so it is for "
            "who may read and update all of them"));
}

err *policy_judge_set(const caller *c, mutation *m) {
    bool is_merge =
        m->kind == MUTATION_INSERT && m->on_conflict == CONFLICT_MERGE;
    bool is_shown = mutation_cell_count(m) > 0 && !m->is_result_hidden;
    if (LIKELY(c->app->policies == NULL) || m->model->join_of != NULL)
        return NULL;
    policy_judge *j = arena_new_array(c->arena, policy_judge, 1);
    *j = (policy_judge){
        .model = m->model, .next = m->judge, .next_context = m->judge_context};
    if (m->kind == MUTATION_INSERT)
        TRY(add_reach(c, j, OPERATION_CREATE));
    if (m->kind == MUTATION_UPDATE || is_merge)
        TRY(add_reach(c, j, OPERATION_POST_UPDATE));
    if (is_shown)
        TRY(add_reach(c, j, OPERATION_READ));
    if (j->where_count == 0)
        return NULL;
    add_columns(c->arena, j, m);
    m->judge = judge;
    m->judge_context = j;
    return NULL;
}
