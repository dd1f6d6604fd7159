#include "core/nested_link.h"

#include "core/nested_join.h"

static arena *arena_of(const nested_plan *p) {
    return p->caller->arena;
}

/* One relation of one row. */
typedef struct linking {
    nested_plan *plan;
    const nested_relation *relation;
    nested_ref parent;
    nested_scope scope;
    bool is_new;
} linking;

/* ---- The key in the other rows --------------------------------------------- */

static value parent_cell(const linking *l, size_t i) {
    return nested_plan_cell(l->plan, l->parent,
                            l->relation->hop.relation->references[i]);
}

static nested_cells link_of(const linking *l) {
    const relation *r = l->relation->hop.relation;
    nested_cells link = {0};
    for (size_t i = 0; i < r->column_count; i++)
        nested_cells_add(arena_of(l->plan), &link, r->columns[i],
                         parent_cell(l, i));
    return link;
}

/* Belongs to the row, and is one of those. */
static const filter *belongs(const linking *l, const filter *which) {
    arena *a = arena_of(l->plan);
    nested_cells link = link_of(l);
    return nested_filter_and(a, which, nested_cells_filter(a, &link));
}

static nested_target target_of(const linking *l, const nested_operation *op,
                               const filter *where, bool finds_one) {
    return (nested_target){.model = l->relation->target,
                           .where = where,
                           .finds_one = finds_one,
                           .scope = nested_scope_inside(l->scope),
                           .place = op->place};
}

/* What the operation is about: of several rows the one that it names. */
static err *find_target(const linking *l, const nested_operation *op,
                        bool is_known, nested_target *out) {
    arena *a = arena_of(l->plan);
    const filter *which = nested_cells_filter(a, &op->where);
    const key *by;
    if (!l->relation->hop.is_to_one || !is_known)
        TRY(nested_where_require_key(a, op, l->relation->target, &by));
    *out = target_of(l, op, is_known ? belongs(l, which) : which, true);
    return NULL;
}

/* Columns that make the row belong to nobody. */
static err *find_nulls(const linking *l, const nested_place *place,
                       nested_cells *out) {
    const relation *r = l->relation->hop.relation;
    *out = (nested_cells){0};
    for (size_t i = 0; i < r->column_count; i++)
        if (r->columns[i]->is_optional)
            nested_cells_add(arena_of(l->plan), out, r->columns[i],
                             (value){.kind = VALUE_NULL});
    if (out->count > 0)
        return NULL;
    str text = nested_place_text(arena_of(l->plan), place);
    return err_new(arena_of(l->plan), ERR_BODY,
                   "%.*s: relation \"%.*s\" of \"%.*s\" is required, so the "
                   "row cannot be without: delete it, or connect it to "
                   "another one",
                   STR_ARG(text), STR_ARG(r->child_field->name),
                   STR_ARG(r->child->table));
}

static void come_after(linking *l, nested_ref done) {
    l->scope = nested_scope_after(l->scope, done.step);
}

/* Where one row can belong only, the one that does makes room, if it can. */
static err *make_room(linking *l, const nested_operation *op) {
    nested_cells nulls;
    nested_ref done;
    if (l->is_new || !l->relation->hop.is_to_one ||
        find_nulls(l, op->place, &nulls) != NULL)
        return NULL;
    nested_target t = target_of(l, op, belongs(l, NULL), true);
    TRY(nested_row_set(l->plan, &t, &nulls, false, &done));
    come_after(l, done);
    return NULL;
}

static mutation insert_into(const model *m) {
    return (mutation){.kind = MUTATION_INSERT,
                      .model = m,
                      .max_rows = MUTATION_ANY_COUNT,
                      .is_result_hidden = true};
}

static nested_insert insert_of(const linking *l, const nested_place *place,
                               const mutation *like) {
    return (nested_insert){.like = like,
                           .link = link_of(l),
                           .scope = nested_scope_inside(l->scope),
                           .place = place};
}

/* All that the list creates, from `first` on, at once; how many these are. */
static size_t count_creates(const nested_relation *r, size_t first) {
    size_t end = first;
    while (end < r->operation_count &&
           r->operations[end].action == NESTED_CREATE)
        end++;
    return end - first;
}

static err *create_rows(linking *l, size_t first, size_t count) {
    arena *a = arena_of(l->plan);
    const nested_operation *ops = &l->relation->operations[first];
    mutation like = insert_into(l->relation->target);
    nested_row *rows = arena_new_array(a, nested_row, count);
    nested_ref *refs = arena_new_array(a, nested_ref, count);
    TRY(make_room(l, ops));
    nested_insert in =
        insert_of(l, count == 1 ? ops[0].place : l->relation->place, &like);
    for (size_t i = 0; i < count; i++)
        rows[i] = *ops[i].create;
    TRY(nested_row_insert(l->plan, &in, rows, count, refs));
    come_after(l, refs[count - 1]);
    return NULL;
}

static err *connect_row(linking *l, const nested_operation *op) {
    nested_cells link = link_of(l);
    nested_target t;
    nested_ref done;
    TRY(find_target(l, op, false, &t));
    TRY(make_room(l, op));
    t.scope = nested_scope_inside(l->scope);
    TRY(nested_row_set(l->plan, &t, &link, true, &done));
    come_after(l, done);
    return NULL;
}

/* Inserts the row if none is there with that key. */
static err *try_insert(linking *l, const nested_operation *op,
                       const field **key_fields, size_t key_count,
                       const nested_row *row, nested_ref *out) {
    mutation like = insert_into(l->relation->target);
    nested_insert in = insert_of(l, op->place, &like);
    like.on_conflict = CONFLICT_IGNORE;
    like.conflict_fields = key_fields;
    like.conflict_field_count = key_count;
    TRY(nested_row_insert(l->plan, &in, row, 1, out));
    come_after(l, *out);
    return NULL;
}

static err *connect_or_create(linking *l, const nested_operation *op) {
    nested_cells link = link_of(l);
    nested_row row;
    nested_target t;
    nested_ref made;
    nested_ref done;
    const key *by;
    TRY(nested_where_require_key(arena_of(l->plan), op, l->relation->target,
                                 &by));
    TRY(nested_cells_merge(arena_of(l->plan), op, &row));
    TRY(find_target(l, op, false, &t));
    TRY(make_room(l, op));
    TRY(try_insert(l, op, by->fields, by->field_count, &row, &made));
    t.scope = nested_scope_if(nested_scope_inside(l->scope), MUTATION_IF_NONE,
                              made.step);
    TRY(nested_row_set(l->plan, &t, &link, true, &done));
    come_after(l, done);
    return NULL;
}

static err *disconnect_row(linking *l, const nested_operation *op) {
    nested_cells nulls;
    nested_target t;
    nested_ref done;
    TRY(find_nulls(l, op->place, &nulls));
    TRY(find_target(l, op, true, &t));
    TRY(nested_row_set(l->plan, &t, &nulls, true, &done));
    come_after(l, done);
    return NULL;
}

static const filter *is_none_of(arena *a, const nested_operation *op) {
    const filter **members =
        arena_new_array(a, const filter *, op->member_count);
    filter *none = arena_new_array(a, filter, 1);
    for (size_t i = 0; i < op->member_count; i++)
        members[i] = nested_cells_filter(a, &op->members[i].where);
    *none = (filter){.kind = FILTER_ANY,
                     .is_negated = true,
                     .children = members,
                     .child_count = op->member_count};
    return none;
}

/* Those that are there stay as they are. */
static err *set_rows(linking *l, const nested_operation *op) {
    arena *a = arena_of(l->plan);
    nested_cells nulls;
    nested_ref done;
    const key *by;
    for (size_t i = 0; i < op->member_count; i++)
        TRY(nested_where_require_key(a, &op->members[i], l->relation->target,
                                     &by));
    TRY(find_nulls(l, op->place, &nulls));
    nested_target others =
        target_of(l, op, belongs(l, is_none_of(a, op)), false);
    TRY(nested_row_set(l->plan, &others, &nulls, false, &done));
    come_after(l, done);
    for (size_t i = 0; i < op->member_count; i++)
        TRY(connect_row(l, &op->members[i]));
    return NULL;
}

static err *update_row(linking *l, const nested_operation *op) {
    nested_target t;
    nested_ref done;
    TRY(find_target(l, op, true, &t));
    TRY(nested_row_update(l->plan, &t, op->update, &done));
    come_after(l, done);
    return NULL;
}

/* Of one row that can belong, the foreign key is the key. */
static err *upsert_row(linking *l, const nested_operation *op) {
    arena *a = arena_of(l->plan);
    const relation *r = l->relation->hop.relation;
    const field **key_fields = r->columns;
    size_t key_count = r->column_count;
    nested_row row = *op->create;
    nested_target t;
    nested_ref made;
    nested_ref done;
    if (!l->relation->hop.is_to_one) {
        const key *by;
        TRY(nested_where_require_key(a, op, l->relation->target, &by));
        TRY(nested_cells_merge(a, op, &row));
        key_fields = by->fields;
        key_count = by->field_count;
    }
    TRY(try_insert(l, op, key_fields, key_count, &row, &made));
    TRY(find_target(l, op, true, &t));
    t.scope = nested_scope_if(t.scope, MUTATION_IF_NONE, made.step);
    TRY(nested_row_update(l->plan, &t, op->update, &done));
    come_after(l, done);
    return NULL;
}

static err *delete_row(linking *l, const nested_operation *op) {
    nested_target t;
    TRY(find_target(l, op, true, &t));
    return nested_row_delete(l->plan, &t, true);
}

static err *change_many(linking *l, const nested_operation *op) {
    arena *a = arena_of(l->plan);
    nested_ref done;
    nested_target t =
        target_of(l, op, belongs(l, nested_cells_filter(a, &op->where)), false);
    return op->action == NESTED_DELETE_MANY
               ? nested_row_delete(l->plan, &t, false)
               : nested_row_set(l->plan, &t, &op->update->cells, false, &done);
}

static err *add_to_child(linking *l, const nested_operation *op) {
    switch (op->action) {
    case NESTED_CREATE:
        break; /* together */
    case NESTED_CONNECT:
        return connect_row(l, op);
    case NESTED_CONNECT_OR_CREATE:
        return connect_or_create(l, op);
    case NESTED_DISCONNECT:
        return disconnect_row(l, op);
    case NESTED_SET:
        return set_rows(l, op);
    case NESTED_UPDATE:
        return update_row(l, op);
    case NESTED_UPSERT:
        return upsert_row(l, op);
    case NESTED_DELETE:
        return delete_row(l, op);
    case NESTED_UPDATE_MANY:
    case NESTED_DELETE_MANY:
        return change_many(l, op);
    }
    return NULL;
}

static err *add_children(linking *l) {
    const nested_relation *r = l->relation;
    for (size_t i = 0; i < r->operation_count;) {
        size_t creates = count_creates(r, i);
        if (creates > 0)
            TRY(create_rows(l, i, creates));
        else
            TRY(add_to_child(l, &r->operations[i]));
        i += creates > 0 ? creates : 1;
    }
    return NULL;
}

/* ---- All of them ------------------------------------------------------------- */

static bool makes_sense_for_new(nested_action action) {
    return action == NESTED_CREATE || action == NESTED_CONNECT ||
           action == NESTED_CONNECT_OR_CREATE;
}

static bool is_for_several(nested_action action) {
    return action == NESTED_SET || action == NESTED_UPDATE_MANY ||
           action == NESTED_DELETE_MANY;
}

static err *check(const linking *l) {
    const nested_relation *r = l->relation;
    if (r->hop.is_to_one && r->operation_count > 1)
        return nested_place_refuse(
            arena_of(l->plan), r->place,
            "one row is related here, so one operation is all there can be");
    for (size_t i = 0; i < r->operation_count; i++) {
        const nested_operation *op = &r->operations[i];
        if (l->is_new && !makes_sense_for_new(op->action))
            return nested_place_refuse(
                arena_of(l->plan), op->place,
                "a row that is created is related to nothing yet: create, "
                "connect or connectOrCreate");
        if (r->hop.is_to_one && is_for_several(op->action))
            return nested_place_refuse(arena_of(l->plan), op->place,
                                       "that is for relations to several rows");
    }
    return NULL;
}

err *nested_link_add(nested_plan *p, const nested_row *row, nested_ref parent,
                     nested_scope s, bool is_new) {
    for (size_t i = 0; i < row->relation_count; i++) {
        linking l = {p, &row->relations[i], parent, s, is_new};
        if (l.relation->hop.kind == HOP_TO_PARENT ||
            l.relation->operation_count == 0)
            continue;
        TRY(check(&l));
        TRY(l.relation->hop.kind == HOP_JOIN_TABLE
                ? nested_join_add(p, l.relation, parent, s)
                : add_children(&l));
    }
    return NULL;
}
