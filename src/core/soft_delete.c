#include "core/soft_delete.h"

#include "database/filter.h"

/* Of models that refer to each other in a circle: a tree may be as high. */
enum { MAX_DEPTH = 10 };

/* ---- Who reaches what --------------------------------------------------- */

static const filter *is_null(arena *a, const field *f, bool is_negated) {
    const filter *is = filter_is_null(a, f);
    return is_negated ? filter_not(a, is) : is;
}

policy_reach soft_delete_live(const caller *c, const model *m,
                              policy_reach reach) {
    const filter *live = is_null(c->arena, m->soft_delete, false);
    reach.where = policy_narrow(c->arena, reach.where, live);
    return reach;
}

policy_reach soft_delete_reach_asked(const caller *c, const model *m,
                                     operation op) {
    /* What is deleted already is not deleted again. */
    bool is_again = op == OPERATION_DELETE && c->deleted == DELETED_INCLUDED;
    if (m->soft_delete == NULL || is_again)
        return policy_reach_of(c, m, op);
    policy_reach reach = policy_reach_with_deleted(c, m, op);
    if (c->deleted == DELETED_ONLY)
        reach.where = policy_narrow(c->arena, reach.where,
                                    is_null(c->arena, m->soft_delete, true));
    return reach;
}

err *soft_delete_require_asked(const caller *c, const model *m) {
    if (m->soft_delete == NULL || policy_allows(c, m, OPERATION_DELETED))
        return NULL;
    return err_with_hint(
        err_new(c->arena, ERR_DENIED,
                "permission denied for deleted rows of table %.*s",
                STR_ARG(m->table)),
        arena_printf(c->arena,
                     "no policy of model %.*s allows to ask for deleted rows: "
                     "add @@allow('deleted', true) to open them to everybody "
                     "who may read",
                     STR_ARG(m->name)));
}

static err *refuse_time(arena *a, const field *f) {
    return err_with_hint(
        policy_refuse_column(a, f),
        STR("it is set when the row is deleted; to restore the row, update it "
            "to null with Prefer: deleted=include"));
}

err *soft_delete_check_values(const caller *c, const mutation *m) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i] != m->model->soft_delete)
            continue;
        for (size_t row = 0; row < m->row_count; row++) {
            value_kind kind = m->values[row * m->field_count + i].kind;
            if (kind != VALUE_NULL && kind != VALUE_DEFAULT)
                return refuse_time(c->arena, m->fields[i]);
        }
    }
    return NULL;
}

/* ---- A delete becomes an update ----------------------------------------- */

/* The time of the deletion, which is also that of the update. */
static void set_time(arena *a, default_maker *defaults, mutation *m) {
    const model *of = m->model;
    const field **fields = arena_new_array(a, const field *, of->column_count);
    value *values = arena_new_array(a, value, of->column_count);
    size_t count = 0;
    for (size_t i = 0; i < of->column_count; i++) {
        const field *f = of->columns[i];
        if (f != of->soft_delete && !f->is_updated_at)
            continue;
        values[count] = default_maker_now(defaults);
        fields[count++] = f;
    }
    m->fields = fields;
    m->field_count = count;
    m->values = values;
    m->row_count = 1;
}

void soft_delete_turn(const caller *c, default_maker *defaults, mutation *m) {
    m->kind = MUTATION_UPDATE;
    m->is_soft_delete = true;
    set_time(c->arena, defaults, m);
}

/* ---- What goes with it -------------------------------------------------- */

typedef struct cascade {
    const caller *c;
    const mutation *first;
    default_maker defaults;
    const relation **ties; /* over which rows go along */
    size_t tie_count;
    const model **models; /* that they lead to, the first one's before them */
    size_t model_count;
    const mutation **items;
    size_t count;
} cascade;

static bool is_known(const cascade *k, const model *m) {
    for (size_t i = 0; i < k->model_count; i++) {
        if (k->models[i] == m)
            return true;
    }
    return false;
}

static bool goes_along(const relation *r, const model *parent) {
    return r->parent == parent && r->on_delete == ACTION_CASCADE &&
           r->child->soft_delete != NULL;
}

static void find_ties_of(cascade *k, const model *parent) {
    arena *a = k->c->arena;
    const schema *s = k->c->app->schema;
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        for (size_t j = 0; j < m->relation_count; j++) {
            if (!goes_along(m->relations[j], parent))
                continue;
            ARENA_PUSH(a, k->ties, k->tie_count, m->relations[j]);
            if (!is_known(k, m))
                ARENA_PUSH(a, k->models, k->model_count, m);
        }
    }
}

static void find_ties(cascade *k) {
    ARENA_PUSH(k->c->arena, k->models, k->model_count, k->first->model);
    for (size_t i = 0; i < k->model_count; i++)
        find_ties_of(k, k->models[i]);
}

/* Does a tie lead to the model that is not in front of `from`? */
static bool has_tie_to(const cascade *k, const model *m, size_t from) {
    for (size_t i = from; i < k->tie_count; i++) {
        if (k->ties[i]->child == m)
            return true;
    }
    return false;
}

/* Each tie behind all that lead to its parent. False if they go in a circle. */
static bool sort_ties(cascade *k) {
    for (size_t done = 0; done < k->tie_count; done++) {
        size_t at = done;
        while (at < k->tie_count && has_tie_to(k, k->ties[at]->parent, done))
            at++;
        if (at == k->tie_count)
            return false;
        const relation *next = k->ties[at];
        k->ties[at] = k->ties[done];
        k->ties[done] = next;
    }
    return true;
}

/* Of a parent that went at the time of this deletion. */
static const filter *is_tied(const cascade *k, const relation *r) {
    arena *a = k->c->arena;
    const filter *went = filter_compare(a, r->parent->soft_delete, COMPARE_EQ,
                                        k->first->values[0]);
    embed *parent = arena_new_array(a, embed, 1);
    filter *made = arena_new_array(a, filter, 1);
    *parent = (embed){
        .hop = {.kind = HOP_TO_PARENT, .is_to_one = true, .relation = r},
        .query = {.model = r->parent, .where = went, .limit = QUERY_NO_LIMIT}};
    *made = (filter){.kind = FILTER_EXISTS,
                     .related = parent,
                     .begins_there = r->column_count == 1};
    return made;
}

static mutation *add_mutation(cascade *k, const relation *r) {
    arena *a = k->c->arena;
    const model *m = r->child;
    mutation *made = arena_new_array(a, mutation, 1);
    *made = (mutation){.kind = MUTATION_UPDATE,
                       .model = m,
                       .where = policy_narrow(
                           a, is_tied(k, r), is_null(a, m->soft_delete, false)),
                       .max_rows = MUTATION_ANY_COUNT,
                       .is_rolled_back = k->first->is_rolled_back,
                       .origin = k->first->origin,
                       .scope = k->first->scope};
    ARENA_PUSH(a, k->items, k->count, made);
    return made;
}

static void add_deletions(cascade *k) {
    for (size_t i = 0; i < k->tie_count; i++) {
        mutation *made = add_mutation(k, k->ties[i]);
        made->is_soft_delete = true;
        set_time(k->c->arena, &k->defaults, made);
    }
}

static err *judge_depth(const void *context, arena *a, size_t row,
                        const value *cells) {
    const model *m = context;
    (void)row;
    (void)cells;
    return err_with_hint(
        err_new(a, ERR_TOO_COMPLEX,
                "rows of table \"%.*s\" are tied to what is deleted over more "
                "than %d others",
                STR_ARG(m->table), MAX_DEPTH),
        STR("delete the farthest first"));
}

/* Looks for rows that would have to go, and are too far away. */
static void add_looks(cascade *k) {
    for (size_t i = 0; i < k->tie_count; i++) {
        mutation *made = add_mutation(k, k->ties[i]);
        query_column *judged = arena_new_array(k->c->arena, query_column, 1);
        *judged = query_column_of(made->model->soft_delete);
        made->judge = judge_depth;
        made->judge_context = made->model;
        made->judged = judged;
        made->judged_count = 1;
    }
}

const mutation *const *soft_delete_cascade(const caller *c, const mutation *m,
                                           size_t *count) {
    cascade k = {.c = c, .first = m, .defaults = default_maker_for(c)};
    k.defaults.now = m->values[0].text;
    find_ties(&k);
    if (sort_ties(&k)) {
        add_deletions(&k);
    } else {
        for (int i = 0; i < MAX_DEPTH; i++)
            add_deletions(&k);
        add_looks(&k);
    }
    *count = k.count;
    return k.items;
}

/* ---- Merges ------------------------------------------------------------- */

typedef struct merge_guard {
    const model *model;
    mutation_judge *judge; /* who was to judge, or NULL */
    const void *context;
    size_t at; /* of the time, among the judged columns */
} merge_guard;

static err *judge_merge(const void *context, arena *a, size_t row,
                        const value *cells) {
    const merge_guard *g = context;
    if (cells[g->at].kind != VALUE_NULL)
        return err_with_hint(
            err_with_details(
                err_new(a, ERR_UNIQUE_VIOLATION,
                        "duplicate key value: a deleted row of table \"%.*s\" "
                        "has it",
                        STR_ARG(g->model->table)),
                arena_printf(a, "row %zu", row + 1)),
            STR("restore that row, or write one with another key"));
    return g->judge != NULL ? g->judge(g->context, a, row, cells) : NULL;
}

/* Else the null that a client sends along would restore the row before anybody
 * judges it. */
static const bool *keep_time(arena *a, const mutation *m) {
    bool *keeps = arena_new_array(a, bool, m->field_count);
    for (size_t i = 0; i < m->field_count; i++)
        keeps[i] = m->fields[i] == m->model->soft_delete ||
                   (m->keeps_on_merge != NULL && m->keeps_on_merge[i]);
    return keeps;
}

void soft_delete_guard_merge(const caller *c, mutation *m) {
    if (m->kind != MUTATION_INSERT || m->on_conflict != CONFLICT_MERGE ||
        m->conflict_where != NULL)
        return;
    arena *a = c->arena;
    merge_guard *g = arena_new_array(a, merge_guard, 1);
    query_column *judged =
        arena_new_array(a, query_column, m->judged_count + 1);
    for (size_t i = 0; i < m->judged_count; i++)
        judged[i] = m->judged[i];
    judged[m->judged_count] = query_column_of(m->model->soft_delete);
    *g = (merge_guard){m->model, m->judge, m->judge_context, m->judged_count};
    m->judged = judged;
    m->judged_count++;
    m->judge = judge_merge;
    m->judge_context = g;
    m->keeps_on_merge = keep_time(a, m);
}
