#include "core/nested_key.h"

#include "base/assert.h"

static arena *arena_of(const nested_plan *p) {
    return p->caller->arena;
}

static bool is_own(const nested_relation *r) {
    return r->hop.kind == HOP_TO_PARENT && r->operation_count > 0;
}

bool nested_key_reads_old(const nested_row *row) {
    for (size_t i = 0; i < row->relation_count; i++) {
        const nested_relation *r = &row->relations[i];
        if (!is_own(r))
            continue;
        nested_action action = r->operations[0].action;
        if (action == NESTED_UPDATE || action == NESTED_UPSERT ||
            action == NESTED_DELETE)
            return true;
    }
    return false;
}

err *nested_key_refuse_twice(arena *a, const nested_place *place,
                             const field *f) {
    str text = nested_place_text(a, place);
    return err_with_hint(
        err_new(a, ERR_BODY, "%.*s%scolumn \"%.*s\" is given twice",
                STR_ARG(text), str_is_empty(text) ? "" : ": ",
                STR_ARG(f->column)),
        STR("it follows from a relation, so leave the column out"));
}

/* ---- What it refers to ------------------------------------------------------ */

/* Columns of the key that the row has already, as the tenant's where several
 * keys share it: what it refers to must have the same there. */
static err *find_pins(nested_plan *p, const nested_key_context *k,
                      const relation *r, const nested_cells *cells,
                      nested_cells *out) {
    *out = (nested_cells){0};
    for (size_t i = 0; i < r->column_count; i++) {
        const value *v = nested_cells_find(cells, r->columns[i]);
        if (v != NULL)
            nested_cells_add(arena_of(p), out, r->references[i], *v);
    }
    return out->count < r->column_count
               ? NULL
               : nested_key_refuse_twice(arena_of(p), k->row->place,
                                         r->columns[0]);
}

static void add_claim(nested_plan *p, const relation *r, const value *v,
                      const nested_place *place) {
    nested_claim claim = {r, v, place};
    if (place != NULL && v != NULL)
        ARENA_PUSH(arena_of(p), p->claims, p->claim_count, claim);
}

/* What the client has said need not be read. */
static void set_keys(nested_plan *p, const relation *r, nested_ref parent,
                     const nested_cells *known, const nested_place *place,
                     nested_cells *cells) {
    add_claim(p, r, nested_cells_find(known, r->references[0]), place);
    for (size_t i = 0; i < r->column_count; i++) {
        if (nested_cells_find(cells, r->columns[i]) != NULL)
            continue;
        const value *v = nested_cells_find(known, r->references[i]);
        nested_cells_add(
            arena_of(p), cells, r->columns[i],
            v != NULL ? *v : nested_plan_cell(p, parent, r->references[i]));
    }
}

static nested_insert insert_of(const nested_key_context *k,
                               const nested_operation *op,
                               const mutation *like) {
    return (nested_insert){.like = like,
                           .scope = nested_scope_inside(k->scope),
                           .place = op->place};
}

static mutation insert_into(const model *m) {
    return (mutation){.kind = MUTATION_INSERT,
                      .model = m,
                      .max_rows = MUTATION_ANY_COUNT,
                      .is_result_hidden = true};
}

/* Else rows would be made for nothing. */
static err *require_sure(nested_plan *p, const nested_key_context *k,
                         const nested_operation *op) {
    return !k->may_be_in_conflict
               ? NULL
               : err_with_hint(
                     nested_place_refuse(
                         arena_of(p), op->place,
                         "what a row refers to cannot be created with it when "
                         "it may be there already"),
                     STR("connect it, or create it in a request before"));
}

static err *create(nested_plan *p, const nested_key_context *k,
                   const nested_relation *r, nested_cells *cells) {
    static const nested_cells NONE = {0};
    const nested_operation *op = &r->operations[0];
    mutation like = insert_into(r->target);
    nested_insert in = insert_of(k, op, &like);
    nested_ref parent;
    TRY(require_sure(p, k, op));
    TRY(find_pins(p, k, r->hop.relation, cells, &in.link));
    TRY(nested_row_insert(p, &in, op->create, 1, &parent));
    set_keys(p, r->hop.relation, parent, &NONE, NULL, cells);
    return NULL;
}

static err *look(nested_plan *p, const nested_key_context *k,
                 const nested_relation *r, nested_scope s,
                 nested_cells *cells) {
    arena *a = arena_of(p);
    const nested_operation *op = &r->operations[0];
    nested_cells pins;
    nested_ref parent;
    const key *by;
    TRY(nested_where_require_key(a, op, r->target, &by));
    TRY(find_pins(p, k, r->hop.relation, cells, &pins));
    nested_target t = {
        .model = r->target,
        .where = nested_filter_and(a, nested_cells_filter(a, &op->where),
                                   nested_cells_filter(a, &pins)),
        .finds_one = true,
        .scope = s,
        .place = op->place};
    TRY(nested_row_look(p, &t, MUTATION_LOOKS, &parent));
    set_keys(p, r->hop.relation, parent, &op->where, op->place, cells);
    return NULL;
}

static err *connect_or_create(nested_plan *p, const nested_key_context *k,
                              const nested_relation *r, nested_cells *cells) {
    arena *a = arena_of(p);
    const nested_operation *op = &r->operations[0];
    mutation like = insert_into(r->target);
    nested_insert in = insert_of(k, op, &like);
    nested_row made;
    nested_ref inserted;
    const key *by;
    TRY(require_sure(p, k, op));
    TRY(nested_where_require_key(a, op, r->target, &by));
    TRY(nested_cells_merge(a, op, &made));
    TRY(find_pins(p, k, r->hop.relation, cells, &in.link));
    like.on_conflict = CONFLICT_IGNORE;
    like.conflict_fields = by->fields;
    like.conflict_field_count = by->field_count;
    TRY(nested_row_insert(p, &in, &made, 1, &inserted));
    return look(p, k, r, nested_scope_after(k->scope, inserted.step), cells);
}

/* ---- Nothing ----------------------------------------------------------------- */

static err *clear(nested_plan *p, const nested_key_context *k,
                  const nested_relation *r, nested_cells *cells) {
    arena *a = arena_of(p);
    const relation *rel = r->hop.relation;
    nested_cells pins;
    size_t cleared = 0;
    TRY(find_pins(p, k, rel, cells, &pins));
    for (size_t i = 0; i < rel->column_count; i++) {
        const field *f = rel->columns[i];
        if (!f->is_optional || nested_cells_find(cells, f) != NULL)
            continue;
        nested_cells_add(a, cells, f, (value){.kind = VALUE_NULL});
        cleared++;
    }
    return cleared > 0 ? NULL
                       : nested_place_refuse(
                             a, r->operations[0].place,
                             "the relation is required, so the row cannot be "
                             "without: connect it to another one");
}

/* ---- Before -------------------------------------------------------------------- */

static err *refuse_new(nested_plan *p, const nested_operation *op) {
    return nested_place_refuse(
        arena_of(p), op->place,
        "a row that is created is related to nothing yet: create, connect or "
        "connectOrCreate");
}

static err *add_before(nested_plan *p, const nested_key_context *k,
                       const nested_relation *r, nested_cells *cells) {
    const nested_operation *op = &r->operations[0];
    if (r->operation_count > 1)
        return nested_place_refuse(
            arena_of(p), r->place,
            "one row is related here, so one operation is all there can be");
    switch (op->action) {
    case NESTED_CREATE:
        return create(p, k, r, cells);
    case NESTED_CONNECT:
        return look(p, k, r, k->scope, cells);
    case NESTED_CONNECT_OR_CREATE:
        return connect_or_create(p, k, r, cells);
    case NESTED_DISCONNECT:
    case NESTED_DELETE:
        return k->old == NULL ? refuse_new(p, op) : clear(p, k, r, cells);
    case NESTED_UPDATE:
    case NESTED_UPSERT:
        return k->old == NULL ? refuse_new(p, op) : NULL;
    case NESTED_SET:
    case NESTED_UPDATE_MANY:
    case NESTED_DELETE_MANY:
        break;
    }
    return nested_place_refuse(arena_of(p), op->place,
                               "that is for relations to several rows");
}

err *nested_key_before(nested_plan *p, const nested_key_context *k,
                       nested_cells *cells) {
    for (size_t i = 0; i < k->row->relation_count; i++)
        if (is_own(&k->row->relations[i]))
            TRY(add_before(p, k, &k->row->relations[i], cells));
    return NULL;
}

/* ---- Behind -------------------------------------------------------------------- */

/* What the row refers to, or referred to. */
static nested_target target_of(nested_plan *p, const nested_key_context *k,
                               const nested_relation *r) {
    arena *a = arena_of(p);
    const relation *rel = r->hop.relation;
    const filter *where = NULL;
    for (size_t i = 0; i < rel->column_count; i++)
        where = nested_filter_and(
            a, where,
            nested_filter_equal(a, rel->references[i],
                                nested_plan_cell(p, *k->old, rel->columns[i])));
    return (nested_target){.model = r->target,
                           .where = where,
                           .finds_one = true,
                           .scope = nested_scope_inside(k->scope),
                           .place = r->operations[0].place};
}

/* The row is locked, so whether it refers to something stays as it is. */
static err *upsert(nested_plan *p, const nested_key_context *k,
                   const nested_relation *r, const model *m, nested_ref now) {
    static const nested_cells NONE = {0};
    const nested_operation *op = &r->operations[0];
    nested_target t = target_of(p, k, r);
    mutation like = insert_into(r->target);
    nested_insert in = insert_of(k, op, &like);
    nested_cells keys = {0};
    nested_ref there;
    nested_ref made;
    TRY(nested_row_look(p, &t, MUTATION_LOOKS_TO_WRITE, &there));
    p->steps[there.step].mutation.must_be_one = false;
    t.scope = nested_scope_if(t.scope, MUTATION_IF_SOME, there.step);
    TRY(nested_row_update(p, &t, op->update, &made));
    in.scope = nested_scope_if(in.scope, MUTATION_IF_NONE, there.step);
    TRY(nested_row_insert(p, &in, op->create, 1, &made));
    set_keys(p, r->hop.relation, made, &NONE, NULL, &keys);
    nested_target row = {.model = m,
                         .where = nested_filter_row(p, m, now),
                         .finds_one = true,
                         .scope = in.scope,
                         .place = op->place};
    return nested_row_set(p, &row, &keys, true, &made);
}

static err *add_behind(nested_plan *p, const nested_key_context *k,
                       const nested_relation *r, const model *m,
                       nested_ref now) {
    const nested_operation *op = &r->operations[0];
    nested_ref changed;
    if (op->action == NESTED_UPSERT)
        return upsert(p, k, r, m, now);
    if (op->action != NESTED_UPDATE && op->action != NESTED_DELETE)
        return NULL;
    nested_target t = target_of(p, k, r);
    return op->action == NESTED_UPDATE
               ? nested_row_update(p, &t, op->update, &changed)
               : nested_row_delete(p, &t, true);
}

err *nested_key_behind(nested_plan *p, const nested_key_context *k,
                       const model *m, nested_ref now) {
    for (size_t i = 0; i < k->row->relation_count; i++)
        if (is_own(&k->row->relations[i]))
            TRY(add_behind(p, k, &k->row->relations[i], m, now));
    return NULL;
}
