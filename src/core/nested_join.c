#include "core/nested_join.h"

#include "database/filter.h"

typedef struct joining {
    nested_plan *plan;
    const nested_relation *relation;
    nested_ref parent;
    nested_scope scope;
    const model *join;
    const field *near; /* column of the parent, A or B */
    const field *far;
    const field *parent_id;
    const field *target_id;
} joining;

static arena *arena_of(const joining *j) {
    return j->plan->caller->arena;
}

static const field *id_of(const model *m) {
    return m->primary_key->fields[0];
}

static value parent_id(const joining *j) {
    return nested_plan_cell(j->plan, j->parent, j->parent_id);
}

static void come_after(joining *j, nested_ref done) {
    j->scope = nested_scope_after(j->scope, done.step);
}

/* ---- Ties ------------------------------------------------------------------- */

/* Ties the row to others, whose ids these are; a tie that is there stays. */
static err *tie_rows(joining *j, const value *ids, size_t count,
                     const nested_place *place) {
    arena *a = arena_of(j);
    const field **fields = arena_new_array(a, const field *, 2);
    value *values = arena_new_array(a, value, 2 * count);
    nested_ref done = {0};
    fields[0] = j->near;
    fields[1] = j->far;
    for (size_t i = 0; i < count; i++) {
        values[2 * i] = parent_id(j);
        values[2 * i + 1] = ids[i];
    }
    mutation m = {.kind = MUTATION_INSERT,
                  .model = j->join,
                  .fields = fields,
                  .field_count = 2,
                  .values = values,
                  .row_count = count,
                  .on_conflict = CONFLICT_IGNORE,
                  .conflict_fields = j->join->primary_key->fields,
                  .conflict_field_count = 2,
                  .max_rows = MUTATION_ANY_COUNT,
                  .is_result_hidden = true};
    TRY(nested_plan_add(j->plan, &m, j->scope, place, &done.step));
    come_after(j, done);
    return NULL;
}

static nested_target ties_of(const joining *j, const filter *which,
                             const nested_place *place) {
    arena *a = arena_of(j);
    return (nested_target){
        .model = j->join,
        .where = nested_filter_and(
            a, nested_filter_equal(a, j->near, parent_id(j)), which),
        .finds_one = which != NULL,
        .scope = j->scope,
        .place = place};
}

/* ---- Rows -------------------------------------------------------------------- */

/* Is tied to the parent. */
static const filter *is_tied(const joining *j) {
    arena *a = arena_of(j);
    const hop *h = &j->relation->hop;
    embed *parent = arena_new_array(a, embed, 1);
    filter *made = arena_new_array(a, filter, 1);
    *parent = (embed){
        .hop = {.kind = HOP_JOIN_TABLE,
                .is_from_a = !h->is_from_a,
                .relation = h->relation},
        .query = {.model = j->parent_id->model,
                  .where = nested_filter_equal(a, j->parent_id, parent_id(j)),
                  .limit = QUERY_NO_LIMIT}};
    *made = (filter){.kind = FILTER_EXISTS, .related = parent};
    return made;
}

static nested_target target_of(const joining *j, const nested_operation *op,
                               bool must_be_tied) {
    arena *a = arena_of(j);
    const filter *which = nested_cells_filter(a, &op->where);
    return (nested_target){
        .model = j->relation->target,
        .where = must_be_tied ? nested_filter_and(a, which, is_tied(j)) : which,
        .finds_one = true,
        .scope = nested_scope_inside(j->scope),
        .place = op->place};
}

static err *require_key(const joining *j, const nested_operation *op,
                        const key **out) {
    return nested_where_require_key(arena_of(j), op, j->relation->target, out);
}

/* The id of the row that the operation names, which the caller must be able to
 * update. */
static err *look(joining *j, const nested_operation *op, value *id) {
    const key *by;
    nested_ref row;
    TRY(require_key(j, op, &by));
    nested_target t = target_of(j, op, false);
    TRY(nested_row_look(j->plan, &t, MUTATION_LOOKS_TO_WRITE, &row));
    const value *known = nested_cells_find(&op->where, j->target_id);
    *id = known != NULL ? *known : nested_plan_cell(j->plan, row, j->target_id);
    come_after(j, row);
    return NULL;
}

static mutation insert_into(const model *m) {
    return (mutation){.kind = MUTATION_INSERT,
                      .model = m,
                      .max_rows = MUTATION_ANY_COUNT,
                      .is_result_hidden = true};
}

/* Inserts the row if there is none with that key. */
static err *try_insert(joining *j, const nested_operation *op,
                       nested_ref *out) {
    mutation like = insert_into(j->relation->target);
    nested_insert in = {.like = &like,
                        .scope = nested_scope_inside(j->scope),
                        .place = op->place};
    nested_row row;
    const key *by;
    TRY(require_key(j, op, &by));
    TRY(nested_cells_merge(arena_of(j), op, &row));
    like.on_conflict = CONFLICT_IGNORE;
    like.conflict_fields = by->fields;
    like.conflict_field_count = by->field_count;
    TRY(nested_row_insert(j->plan, &in, &row, 1, out));
    come_after(j, *out);
    return NULL;
}

/* ---- Operations --------------------------------------------------------------- */

static size_t count_of(const nested_relation *r, size_t first,
                       nested_action action) {
    size_t end = first;
    while (end < r->operation_count && r->operations[end].action == action)
        end++;
    return end - first;
}

static err *create_rows(joining *j, const nested_operation *ops, size_t count) {
    arena *a = arena_of(j);
    mutation like = insert_into(j->relation->target);
    nested_row *rows = arena_new_array(a, nested_row, count);
    nested_ref *refs = arena_new_array(a, nested_ref, count);
    value *ids = arena_new_array(a, value, count);
    const nested_place *place = count == 1 ? ops[0].place : j->relation->place;
    nested_insert in = {
        .like = &like, .scope = nested_scope_inside(j->scope), .place = place};
    for (size_t i = 0; i < count; i++)
        rows[i] = *ops[i].create;
    TRY(nested_row_insert(j->plan, &in, rows, count, refs));
    for (size_t i = 0; i < count; i++)
        ids[i] = nested_plan_cell(j->plan, refs[i], j->target_id);
    come_after(j, refs[count - 1]);
    return tie_rows(j, ids, count, place);
}

static err *connect_rows(joining *j, const nested_operation *ops, size_t count,
                         const nested_place *place, value *ids) {
    for (size_t i = 0; i < count; i++)
        TRY(look(j, &ops[i], &ids[i]));
    return count > 0 ? tie_rows(j, ids, count, place) : NULL;
}

static err *connect_or_create(joining *j, const nested_operation *op) {
    nested_ref made;
    value id;
    TRY(try_insert(j, op, &made));
    TRY(look(j, op, &id));
    return tie_rows(j, &id, 1, op->place);
}

static err *disconnect_row(joining *j, const nested_operation *op) {
    value id;
    TRY(look(j, op, &id));
    nested_target t =
        ties_of(j, nested_filter_equal(arena_of(j), j->far, id), op->place);
    return nested_row_delete(j->plan, &t, true);
}

/* Ties that are to stay are left alone. */
static err *set_rows(joining *j, const nested_operation *op) {
    arena *a = arena_of(j);
    value *ids = arena_new_array(a, value, op->member_count);
    for (size_t i = 0; i < op->member_count; i++)
        TRY(look(j, &op->members[i], &ids[i]));
    const filter *others =
        filter_not(a, filter_in(a, j->far, ids, op->member_count));
    nested_target t = ties_of(j, others, op->place);
    t.finds_one = false;
    TRY(nested_row_delete(j->plan, &t, false));
    return op->member_count > 0 ? tie_rows(j, ids, op->member_count, op->place)
                                : NULL;
}

static err *update_row(joining *j, const nested_operation *op, nested_scope s) {
    nested_target t = target_of(j, op, true);
    nested_ref done;
    const key *by;
    TRY(require_key(j, op, &by));
    t.scope = s;
    TRY(nested_row_update(j->plan, &t, op->update, &done));
    come_after(j, done);
    return NULL;
}

static err *upsert_row(joining *j, const nested_operation *op) {
    nested_ref made;
    nested_scope outer = j->scope;
    TRY(try_insert(j, op, &made));
    value id = nested_plan_cell(j->plan, made, j->target_id);
    j->scope = nested_scope_if(j->scope, MUTATION_IF_SOME, made.step);
    TRY(tie_rows(j, &id, 1, op->place));
    size_t tied = j->scope.after;
    j->scope = nested_scope_after(outer, tied);
    return update_row(j, op,
                      nested_scope_if(nested_scope_inside(j->scope),
                                      MUTATION_IF_NONE, made.step));
}

static err *delete_row(joining *j, const nested_operation *op) {
    nested_target t = target_of(j, op, true);
    const key *by;
    TRY(require_key(j, op, &by));
    return nested_row_delete(j->plan, &t, true);
}

static err *change_many(joining *j, const nested_operation *op) {
    nested_target t = target_of(j, op, true);
    nested_ref done;
    t.finds_one = false;
    return op->action == NESTED_DELETE_MANY
               ? nested_row_delete(j->plan, &t, false)
               : nested_row_set(j->plan, &t, &op->update->cells, false, &done);
}

static err *add_one(joining *j, const nested_operation *op) {
    switch (op->action) {
    case NESTED_CREATE:
    case NESTED_CONNECT:
        break; /* together */
    case NESTED_CONNECT_OR_CREATE:
        return connect_or_create(j, op);
    case NESTED_DISCONNECT:
        return disconnect_row(j, op);
    case NESTED_SET:
        return set_rows(j, op);
    case NESTED_UPDATE:
        return update_row(j, op, nested_scope_inside(j->scope));
    case NESTED_UPSERT:
        return upsert_row(j, op);
    case NESTED_DELETE:
        return delete_row(j, op);
    case NESTED_UPDATE_MANY:
    case NESTED_DELETE_MANY:
        return change_many(j, op);
    }
    return NULL;
}

static err *add_all(joining *j) {
    const nested_relation *r = j->relation;
    for (size_t i = 0; i < r->operation_count;) {
        const nested_operation *ops = &r->operations[i];
        size_t creates = count_of(r, i, NESTED_CREATE);
        size_t connects = count_of(r, i, NESTED_CONNECT);
        if (creates > 0)
            TRY(create_rows(j, ops, creates));
        else if (connects > 0)
            TRY(connect_rows(j, ops, connects, ops[0].place,
                             arena_new_array(arena_of(j), value, connects)));
        else
            TRY(add_one(j, ops));
        i += creates + connects > 0 ? creates + connects : 1;
    }
    return NULL;
}

err *nested_join_add(nested_plan *p, const nested_relation *r,
                     nested_ref parent, nested_scope s) {
    const relation *rel = r->hop.relation;
    size_t near = r->hop.is_from_a ? 0 : 1;
    joining j = {
        .plan = p,
        .relation = r,
        .parent = parent,
        .scope = s,
        .join = rel->join,
        .near = rel->join->columns[near],
        .far = rel->join->columns[1 - near],
        .parent_id = id_of(r->hop.is_from_a ? rel->child : rel->parent),
        .target_id = id_of(r->target),
    };
    return add_all(&j);
}
