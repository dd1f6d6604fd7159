#include "core/planner.h"

#include "core/function_caller.h"
#include "core/policy.h"

static int64_t cap_limit(const app *application, int64_t wanted) {
    if (application->max_rows == QUERY_NO_LIMIT)
        return wanted;
    if (wanted == QUERY_NO_LIMIT || wanted > application->max_rows)
        return application->max_rows;
    return wanted;
}

static bool is_ordered_by(const query *q, const field *f) {
    for (size_t i = 0; i < q->order_count; i++) {
        if (q->order[i].field == f)
            return true;
    }
    return false;
}

/* Does the filter name one row by its identity? That of a view is a promise
 * which nobody keeps. */
static bool finds_one(const filter *f) {
    if (f == NULL || f->is_negated)
        return false;
    if (f->kind == FILTER_COMPARE)
        return f->op == COMPARE_EQ && f->field->is_id &&
               !f->field->model->is_view;
    for (size_t i = 0; f->kind == FILTER_ALL && i < f->child_count; i++)
        if (finds_one(f->children[i]))
            return true;
    return false;
}

/* Appends the identity, so that no two rows are equal in the order. */
static void complete_order(arena *a, query *q) {
    const key *identity = model_identity(q->model);
    if (identity == NULL) /* a view: its order is its own */
        return;
    query_order *order =
        arena_new_array(a, query_order, q->order_count + identity->field_count);
    size_t count = q->order_count;
    if (count > 0)
        memcpy(order, q->order, count * sizeof *order);
    for (size_t i = 0; i < identity->field_count; i++) {
        const field *f = identity->fields[i];
        if (!is_ordered_by(q, f))
            order[count++] = (query_order){.field = f};
    }
    q->order = order;
    q->order_count = count;
}

/* What a caller may not see must not show in the order or the number of rows
 * either. */
static err *check_columns(const caller *c, const query *q) {
    TRY(policy_require_shown(c, q->columns, q->column_count));
    for (size_t i = 0; i < q->order_count; i++) {
        if (!policy_shows(c->app, q->order[i].field))
            return policy_refuse_column(c->arena, q->order[i].field);
    }
    return policy_require_shown_in(c, q->where);
}

/* Rows of a function may be equal, and come in an order of their own. */
static err *complete_call(const caller *c, query *q) {
    q->finds_one = false;
    return function_caller_complete(c, q->call, &q->call);
}

/* What is no table's is shown to whom the function lets call it. */
static bool may_read(const caller *c, const query *wanted) {
    return (wanted->call != NULL && wanted->model->is_shape) ||
           policy_allows(c, wanted->model, OPERATION_READ);
}

err *planner_read(const caller *c, const query *wanted, database_rows **out) {
    *out = NULL;
    if (wanted->call != NULL)
        TRY(function_caller_require(c, wanted->call->function));
    if (!may_read(c, wanted))
        return NULL;
    TRY(check_columns(c, wanted));
    /* In the arena: the rows refer to it until they are closed. */
    query *q = arena_new_array(c->arena, query, 1);
    *q = *wanted;
    q->limit = cap_limit(c->app, wanted->limit);
    if (q->call != NULL) {
        TRY(complete_call(c, q));
        return database_query(c->session, c->arena, q, out);
    }
    q->finds_one = q->limit != 0 && q->offset == 0 && finds_one(q->where);
    if (q->finds_one) {
        q->limit = QUERY_NO_LIMIT;
        q->order_count = 0;
    } else {
        complete_order(c->arena, q);
    }
    return database_query(c->session, c->arena, q, out);
}
