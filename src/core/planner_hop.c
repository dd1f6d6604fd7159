#include "core/planner_hop.h"

#include "core/hook_chain.h"
#include "core/policy.h"
#include "core/read_record.h"
#include "database/grouping.h"

static arena *arena_of(const planner_walk *w) {
    return w->caller->arena;
}

static err *check_column(const planner_walk *w, const field *f) {
    return policy_shows(w->caller, f) ? NULL
                                      : policy_refuse_column(arena_of(w), f);
}

/* --- order and limit --- */

int64_t planner_hop_limit(const app *application, int64_t wanted) {
    if (application->max_rows == QUERY_NO_LIMIT)
        return wanted;
    if (wanted == QUERY_NO_LIMIT || wanted > application->max_rows)
        return application->max_rows;
    return wanted;
}

static bool is_ordered_by(const query *q, const field *f) {
    for (size_t i = 0; i < q->order_count; i++) {
        const query_order *o = &q->order[i];
        if (o->field == f && o->derivation == NULL && o->related == NULL)
            return true;
    }
    return false;
}

static query_order *copy_order(arena *a, const query *q, size_t more) {
    query_order *order = arena_new_array(a, query_order, q->order_count + more);
    if (q->order_count > 0)
        memcpy(order, q->order, q->order_count * sizeof *order);
    return order;
}

/* Appends the identity, so that no two rows are equal in the order. */
static void complete_order(arena *a, query *q) {
    const key *identity = model_identity(q->model);
    if (identity == NULL) /* a view: its order is its own */
        return;
    query_order *order = copy_order(a, q, identity->field_count);
    size_t count = q->order_count;
    for (size_t i = 0; i < identity->field_count; i++) {
        const field *f = identity->fields[i];
        if (!is_ordered_by(q, f))
            order[count++] = (query_order){.field = f};
    }
    q->order = order;
    q->order_count = count;
}

/* Of groups what they are grouped by is the identity; of what is embedded the
 * engines see to that. */
static err *order_groups(arena *a, query *q) {
    for (size_t i = 0; i < q->order_count; i++) {
        const field *f = q->order[i].field;
        size_t cell;
        if (!grouping_find(q, &q->order[i], &cell))
            return err_new(a, ERR_GROUPING,
                           "column \"%.*s.%.*s\" must appear in the GROUP BY "
                           "clause or be used in an aggregate function",
                           STR_ARG(f->model->table), STR_ARG(f->column));
    }
    query_order *order = copy_order(a, q, q->column_count);
    size_t count = q->order_count;
    for (size_t i = 0; i < q->column_count; i++) {
        const query_column *column = &q->columns[i];
        const field *result = query_result(column->field, column->derivation);
        if (!result->is_list && !grouping_is_aggregate(column->derivation) &&
            (column->derivation != NULL || !is_ordered_by(q, column->field)))
            order[count++] = (query_order){.field = column->field,
                                           .derivation = column->derivation};
    }
    q->order = order;
    q->order_count = count;
    return NULL;
}

err *planner_hop_order(const caller *c, query *q) {
    if (q->model->is_foreign) /* as the database gives them */
        return NULL;
    if (q->is_grouped)
        return order_groups(c->arena, q);
    complete_order(c->arena, q);
    return NULL;
}

/* --- hops --- */

static err *narrow(planner_walk *w, query *q, int depth);

static err *count_hop(planner_walk *w, int depth) {
    if (depth > PLANNER_MAX_DEPTH || ++w->hop_count > PLANNER_MAX_HOPS)
        return err_with_hint(
            err_new(arena_of(w), ERR_TOO_COMPLEX,
                    "the query leads through more than %d related tables, or "
                    "%d in a row",
                    PLANNER_MAX_HOPS, PLANNER_MAX_DEPTH),
            STR("ask in several requests"));
    return NULL;
}

/* The rows that count of what the hop leads to. */
static const filter *reachable(const planner_walk *w, const model *m,
                               const filter *where) {
    policy_reach reach = policy_reach_of(w->caller, m, OPERATION_READ);
    return reach.is_empty ? &POLICY_NO_ROW
                          : policy_narrow(arena_of(w), where, reach.where);
}

static void note_reads(planner_walk *w, const embed *e, read_place place) {
    const query *q = &e->query;
    const read_wanted wanted = {.place = place,
                                .columns = q->columns,
                                .column_count = q->column_count,
                                .where = q->where};
    const read_wanted between = {.place = READ_BETWEEN};
    read_record_note(w, q->model, &wanted);
    if (e->hop.kind == HOP_JUNCTION)
        read_record_note(w, e->hop.relation->child, &between);
}

/* Rows between are read, too. */
static err *ask_hooks(const planner_walk *w, const embed *e) {
    if (e->hop.kind == HOP_JUNCTION)
        TRY(hook_chain_require_read(w->caller, e->hop.relation->child));
    return hook_chain_require_read(w->caller, e->query.model);
}

static err *narrow_embed(planner_walk *w, const embed *wanted, int depth,
                         read_place place, embed *out) {
    TRY(count_hop(w, depth));
    TRY(ask_hooks(w, wanted));
    *out = *wanted;
    if (UNLIKELY(w->caller->app->schema->has_audited_reads))
        note_reads(w, wanted, place);
    if (out->hop.kind == HOP_JUNCTION)
        out->hop.junction_where = reachable(w, out->hop.relation->child, NULL);
    TRY(narrow(w, &out->query, depth));
    out->query.where = reachable(w, out->query.model, out->query.where);
    return NULL;
}

/* As embeds, what is shown of a list has an order and an end. */
static err *narrow_shown(planner_walk *w, const embed *wanted, int depth,
                         embed *out) {
    TRY(narrow_embed(w, wanted, depth, READ_EMBED, out));
    if (out->hop.is_to_one)
        return out->query.is_grouped ? planner_hop_order(w->caller, &out->query)
                                     : NULL;
    out->query.limit = planner_hop_limit(w->caller->app, out->query.limit);
    return planner_hop_order(w->caller, &out->query);
}

err *planner_hop_embeds(planner_walk *w, const embed *embeds, size_t count,
                        int depth, const embed **out) {
    embed *narrowed = arena_new_array(arena_of(w), embed, count);
    for (size_t i = 0; i < count; i++)
        TRY(narrow_shown(w, &embeds[i], depth + 1, &narrowed[i]));
    *out = narrowed;
    return NULL;
}

/* --- filters --- */

static filter *copy_filter(arena *a, const filter *f) {
    filter *copy = arena_new_array(a, filter, 1);
    *copy = *f;
    return copy;
}

static err *narrow_existence(planner_walk *w, const filter *f, int depth,
                             const filter **out) {
    filter *copy = copy_filter(arena_of(w), f);
    embed *related = arena_new_array(arena_of(w), embed, 1);
    TRY(narrow_embed(w, f->related, depth + 1, READ_FILTER, related));
    copy->related = related;
    *out = copy;
    return NULL;
}

/* A group is copied when one of its members was. */
static err *narrow_group(planner_walk *w, const filter *f, int depth,
                         const filter **out) {
    const filter **children = NULL;
    for (size_t i = 0; i < f->child_count; i++) {
        const filter *child = NULL;
        TRY(planner_hop_filter(w, f->children[i], depth, &child));
        if (child == f->children[i])
            continue;
        if (children == NULL) {
            children =
                arena_new_array(arena_of(w), const filter *, f->child_count);
            memcpy(children, f->children, f->child_count * sizeof *children);
        }
        children[i] = child;
    }
    *out = f;
    if (children == NULL)
        return NULL;
    filter *copy = copy_filter(arena_of(w), f);
    copy->children = children;
    *out = copy;
    return NULL;
}

/* As deep as a client may nest filters. */
err *planner_hop_filter(planner_walk *w, const filter *f, int depth,
                        const filter **out) {
    *out = f;
    if (f == NULL)
        return NULL;
    if (f->kind == FILTER_EXISTS)
        return narrow_existence(w, f, depth, out);
    if (f->field != NULL)
        return check_column(w, f->field);
    return narrow_group(w, f, depth, out);
}

/* --- orders and columns --- */

static err *narrow_order(planner_walk *w, query *q, int depth) {
    query_order *copy = NULL;
    for (size_t i = 0; i < q->order_count; i++) {
        TRY(check_column(w, q->order[i].field));
        if (q->order[i].related == NULL)
            continue;
        if (copy == NULL)
            copy = copy_order(arena_of(w), q, 0);
        embed *related = arena_new_array(arena_of(w), embed, 1);
        TRY(narrow_embed(w, q->order[i].related, depth + 1, READ_ORDER,
                         related));
        copy[i].related = related;
    }
    if (copy != NULL)
        q->order = copy;
    return NULL;
}

/* What a caller may not see must not show in the order or the number of rows
 * either. As deep as hops may lead. */
static err *narrow(planner_walk *w, query *q, int depth) {
    TRY(policy_require_shown(w->caller, q->columns, q->column_count));
    TRY(narrow_order(w, q, depth));
    TRY(planner_hop_filter(w, q->where, depth, &q->where));
    if (q->embed_count == 0)
        return NULL;
    return planner_hop_embeds(w, q->embeds, q->embed_count, depth, &q->embeds);
}

err *planner_hop_narrow(planner_walk *w, query *q) {
    return narrow(w, q, 0);
}
