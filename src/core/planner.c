#include "core/planner.h"

#include "core/audit_since.h"
#include "core/function_caller.h"
#include "core/hook_chain.h"
#include "core/planner_hop.h"
#include "core/policy.h"
#include "core/read_record.h"
#include "core/soft_delete.h"

/* That of a view is a promise which nobody keeps. */
bool planner_finds_one(const filter *f) {
    if (f == NULL || f->is_negated)
        return false;
    if (f->kind == FILTER_COMPARE)
        return f->op == COMPARE_EQ && f->field->is_id &&
               f->derivation == NULL && !f->field->model->is_view;
    for (size_t i = 0; f->kind == FILTER_ALL && i < f->child_count; i++)
        if (planner_finds_one(f->children[i]))
            return true;
    return false;
}

static err *limit_and_order(const caller *c, query *q) {
    q->limit = planner_hop_limit(c->app, q->limit);
    q->finds_one = q->limit != 0 && q->offset == 0 && !q->is_grouped &&
                   planner_finds_one(q->where);
    if (!q->finds_one)
        return planner_hop_order(c, q);
    q->limit = QUERY_NO_LIMIT;
    q->order_count = 0;
    return NULL;
}

/* Rows of a function come in an order of their own, unless another is asked
 * for. */
static err *complete_call(const caller *c, query *q) {
    q->limit = planner_hop_limit(c->app, q->limit);
    q->finds_one = false;
    if (q->is_grouped || q->order_count > 0)
        TRY(planner_hop_order(c, q));
    return function_caller_complete(c, q->call, &q->call);
}

/* What is no table's is shown to whom the function lets call it. */
static policy_reach reach_of(const caller *c, const query *wanted) {
    return wanted->call != NULL && wanted->model->is_shape
               ? (policy_reach){0}
               : soft_delete_reach(c, wanted->model, OPERATION_READ);
}

static void note_rows(planner_walk *w, const query *q) {
    const read_wanted wanted = {.place = READ_ROWS,
                                .columns = q->columns,
                                .column_count = q->column_count,
                                .where = q->where,
                                .call = q->call};
    read_record_add(w, q->model, &wanted);
}

static void note_written(planner_walk *w, const mutation *m) {
    const read_wanted wanted = {.place = READ_WRITTEN,
                                .columns = m->returning,
                                .column_count = m->returning_count,
                                .where = m->where,
                                .call = m->call};
    if (m->returning_count > 0)
        read_record_add(w, m->model, &wanted);
}

err *planner_read(const caller *c, const query *wanted, database_rows **out) {
    *out = NULL;
    policy_reach reach;
    request_times_end(c->times, REQUEST_PARSE);
    if (wanted->call != NULL)
        TRY(function_caller_require(c, wanted->call->function));
    TRY(soft_delete_require(c, wanted->model));
    TRY(hook_chain_require_read(c, wanted->model));
    reach = reach_of(c, wanted);
    if (reach.is_empty)
        return NULL;
    /* In the arena: the rows refer to it until they are closed. */
    query *q = arena_take(c->arena, sizeof *q, _Alignof(query));
    *q = *wanted;
    q->scope = c->scope;
    if (c->seen != NULL) {
        q->may_lag = true;
        q->seen = *c->seen;
    }
    planner_walk walk = {.caller = c};
    if (UNLIKELY(q->model->audit.has_reads))
        note_rows(&walk, q);
    TRY(planner_hop_narrow(&walk, q));
    q->where = policy_narrow(c->arena, q->where, reach.where);
    if (UNLIKELY(q->model->is_system))
        q->where = audit_since_narrow(c->arena, q->model, q->where);
    TRY(q->call != NULL ? complete_call(c, q) : limit_and_order(c, q));
    TRY(read_record_keep(&walk));
    request_times_end(c->times, REQUEST_PLAN);
    err *e = database_query(c->session, c->arena, q, out);
    request_times_end(c->times, REQUEST_TRANSACTION);
    return e;
}

err *planner_narrow_mutation(const caller *c, mutation *m) {
    planner_walk walk = {.caller = c};
    if (!m->is_result_hidden) {
        TRY(policy_require_shown(c, m->returning, m->returning_count));
        if (m->returning_count > 0)
            TRY(hook_chain_require_read(c, m->model));
        if (UNLIKELY(m->model->audit.has_reads))
            note_written(&walk, m);
    }
    TRY(planner_hop_filter(&walk, m->where, 0, &m->where));
    if (m->embed_count > 0)
        TRY(planner_hop_embeds(&walk, m->embeds, m->embed_count, 0,
                               &m->embeds));
    return read_record_keep(&walk);
}
