#include "core/referential_delete.h"

#include "base/assert.h"
#include "core/policy.h"
#include "core/referential_closure.h"
#include "core/referential_filter.h"
#include "database/filter.h"

/* Of conditions in conditions: SQLite takes seven. */
enum { MAX_HEIGHT = 3 };

/* Rows of a model that go, by the ways that lead there. */
typedef struct going {
    const filter **ways; /* one of them holds */
    size_t count;
} going;

typedef struct deletion {
    referential_plan *p;
    arena *a;
    const model **models; /* of which rows go, the first one's before them */
    size_t model_count;
    const relation **ties; /* over which they go along */
    size_t tie_count;
} deletion;

/* ---- Who goes along ----------------------------------------------------- */

static size_t place_of(const deletion *d, const model *m) {
    size_t at = 0;
    while (at < d->model_count && d->models[at] != m)
        at++;
    return at;
}

static void find_ties_of(deletion *d, const model *parent) {
    size_t count;
    const relation *const *found =
        referential_plan_relations(d->p, parent, &count);
    for (size_t i = 0; i < count; i++) {
        if (found[i]->on_delete != ACTION_CASCADE)
            continue;
        ARENA_PUSH(d->a, d->ties, d->tie_count, found[i]);
        if (place_of(d, found[i]->child) == d->model_count)
            ARENA_PUSH(d->a, d->models, d->model_count, found[i]->child);
    }
}

static void find_ties(deletion *d) {
    ARENA_PUSH(d->a, d->models, d->model_count, d->p->of->model);
    for (size_t i = 0; i < d->model_count; i++)
        find_ties_of(d, d->models[i]);
}

/* Has a model at or behind `from` a key to this one, whatever becomes of it? A
 * key of its own counts if rows go along by it. */
static bool is_needed(const deletion *d, const model *m, size_t from) {
    for (size_t i = from; i < d->model_count; i++) {
        const model *child = d->models[i];
        for (size_t j = 0; j < child->relation_count; j++) {
            const relation *r = child->relations[j];
            if (r->parent == m && relation_has_foreign_key(r) &&
                (child != m || r->on_delete == ACTION_CASCADE))
                return true;
        }
    }
    return false;
}

/* Children in front of their parents. False if there is a circle. */
static bool sort_models(deletion *d) {
    for (size_t done = 0; done < d->model_count; done++) {
        size_t at = done;
        while (at < d->model_count && is_needed(d, d->models[at], done))
            at++;
        if (at == d->model_count)
            return false;
        const model *next = d->models[at];
        d->models[at] = d->models[done];
        d->models[done] = next;
    }
    return true;
}

/* ---- What is done about rows that go ------------------------------------ */

static const filter *any_of(const deletion *d, const going *g) {
    return g->ways[0] == NULL ? NULL : filter_any(d->a, g->ways, g->count);
}

/* A row that goes itself holds nobody back. */
static const filter *except_of(const relation *r, const filter *where) {
    bool is_own = r->child == r->parent && where != NULL &&
                  referential_filter_is_sure(where);
    return is_own ? where : NULL;
}

static err *settle_child(deletion *d, const relation *r, const filter *where) {
    bool all_go = r->child == r->parent && where == NULL;
    switch (r->on_delete) {
    case ACTION_CASCADE:
        return NULL; /* they are among those that go */
    case ACTION_SET_NULL:
        return all_go ? NULL : referential_plan_set_null(d->p, r, where);
    case ACTION_RESTRICT:
    case ACTION_NO_ACTION:
        if (!all_go)
            referential_plan_forbid(d->p, r, where, except_of(r, where));
        return NULL;
    case ACTION_SET_DEFAULT:
        break;
    }
    PANIC("the schema's loader refuses it");
}

static err *settle_children(deletion *d, const model *m, const going *g) {
    const filter *where = any_of(d, g);
    size_t count;
    const relation *const *found = referential_plan_relations(d->p, m, &count);
    for (size_t i = 0; i < count; i++)
        TRY(settle_child(d, found[i], where));
    return NULL;
}

/* Each way is a statement: of two an index would help neither. */
static void delete_rows(deletion *d, const model *m, const going *g) {
    for (size_t i = 0; i < g->count; i++)
        referential_plan_add(d->p, MUTATION_DELETE, m, g->ways[i]);
    d->p->must_pin |= m == d->p->of->model;
}

/* ---- Models without a circle -------------------------------------------- */

static going wanted_rows(const deletion *d) {
    const filter **ways = arena_new_array(d->a, const filter *, 1);
    ways[0] = d->p->of->where;
    return (going){.ways = ways, .count = 1};
}

/* Rows that are wanted go by themselves. */
static const filter *without_wanted(const deletion *d, const model *m,
                                    const filter *way) {
    const mutation *of = d->p->of;
    if (m != of->model || !referential_filter_is_sure(of->where))
        return way;
    return policy_narrow(d->a, way, filter_not(d->a, of->where));
}

/* Over each tie that leads to the model, from those whose rows go. Where all
 * are wanted there are no others. */
static going follow_ties(const deletion *d, const model *m,
                         const going *before) {
    going g = {0};
    if (m == d->p->of->model && d->p->of->where == NULL)
        return g;
    for (size_t i = 0; i < d->tie_count; i++) {
        const relation *r = d->ties[i];
        const going *parents = &before[place_of(d, r->parent)];
        if (r->child != m || parents->count == 0)
            continue;
        const filter *way =
            referential_filter_of_children(d->a, r, any_of(d, parents));
        way = without_wanted(d, m, way);
        ARENA_PUSH(d->a, g.ways, g.count, way);
    }
    return g;
}

/* The models are sorted, the wanted one's being the last. */
static err *plan_tree(deletion *d) {
    going *rows = arena_new_array(d->a, going, d->model_count);
    size_t last = d->model_count - 1;
    ASSERT(d->models[last] == d->p->of->model);
    rows[last] = wanted_rows(d);
    for (size_t i = last; i-- > 0;)
        rows[i] = follow_ties(d, d->models[i], rows);
    for (size_t i = 0; i < last; i++) {
        TRY(settle_children(d, d->models[i], &rows[i]));
        delete_rows(d, d->models[i], &rows[i]);
    }
    return settle_children(d, d->models[last], &rows[last]);
}

/* ---- Circles, and long ways --------------------------------------------- */

static err *judge_late(const void *context, arena *a, size_t row,
                       const value *cells) {
    const relation *r = context;
    (void)row;
    (void)cells;
    return err_new(a, ERR_CONFLICT,
                   "a row of \"%.*s\" has come meanwhile that would go along",
                   STR_ARG(r->child->table));
}

static const filter *without(const deletion *d, const filter *where,
                             const filter *those) {
    return those == NULL ? where
                         : policy_narrow(d->a, where, filter_not(d->a, those));
}

/* Whoever goes along has to be known. */
static void guard(deletion *d, const referential_closure *c,
                  const relation *r) {
    static const value NOTHING = {.kind = VALUE_NULL};
    const filter *parents = referential_closure_filter(c, r->parent);
    const filter *known = referential_closure_filter(c, r->child);
    if (parents == NULL)
        return;
    query_column *judged = arena_new_array(d->a, query_column, 1);
    const filter *way = referential_filter_of_children(d->a, r, parents);
    mutation *look = referential_plan_add(d->p, MUTATION_UPDATE, r->child,
                                          without(d, way, known));
    *judged = query_column_of(r->columns[0]);
    look->values = &NOTHING;
    look->row_count = 1;
    look->judge = judge_late;
    look->judge_context = r;
    look->judged = judged;
    look->judged_count = 1;
}

/* Of rows that are known by name, so nothing depends on what was done first. */
static err *settle_known(deletion *d, const referential_closure *c,
                         const relation *r) {
    const filter *where = referential_closure_filter(c, r->parent);
    const filter *going_too = referential_closure_filter(c, r->child);
    if (where == NULL || r->on_delete == ACTION_CASCADE)
        return NULL;
    if (r->on_delete == ACTION_SET_NULL)
        return referential_plan_set_null(d->p, r, where);
    referential_plan_forbid(d->p, r, where, going_too);
    return NULL;
}

static err *settle_all(deletion *d, const referential_closure *c) {
    for (size_t i = 0; i < d->model_count; i++) {
        size_t count;
        const relation *const *found =
            referential_plan_relations(d->p, d->models[i], &count);
        for (size_t k = 0; k < count; k++)
            TRY(settle_known(d, c, found[k]));
    }
    return NULL;
}

static void delete_known(deletion *d, const referential_closure *c,
                         const model *m) {
    const filter *where = referential_closure_filter(c, m);
    if (where == NULL)
        return;
    if (m == d->p->of->model)
        where = without_wanted(d, m, where);
    referential_plan_add(d->p, MUTATION_DELETE, m, where);
}

static err *plan_closure(deletion *d) {
    const model **models = arena_new_array(d->a, const model *, d->model_count);
    size_t first = place_of(d, d->p->of->model);
    for (size_t i = 0; i < d->model_count; i++)
        models[i] = d->models[(first + i) % d->model_count];
    referential_closure c = {.caller = d->p->caller};
    TRY(referential_closure_read(&c, models, d->model_count, d->ties,
                                 d->tie_count, d->p->of->where));
    for (size_t i = 0; i < d->tie_count; i++)
        guard(d, &c, d->ties[i]);
    TRY(settle_all(d, &c));
    for (size_t i = 0; i < d->model_count; i++)
        delete_known(d, &c, d->models[i]);
    return NULL;
}

/* How many ties lie one behind the other; the models are sorted. */
static size_t height_of(const deletion *d) {
    size_t *heights = arena_new_array(d->a, size_t, d->model_count);
    size_t most = 0;
    for (size_t i = d->model_count; i-- > 0;) {
        for (size_t k = 0; k < d->tie_count; k++) {
            size_t above = heights[place_of(d, d->ties[k]->parent)] + 1;
            if (d->ties[k]->child == d->models[i] && above > heights[i])
                heights[i] = above;
        }
        if (heights[i] > most)
            most = heights[i];
    }
    return most;
}

err *referential_delete_plan(referential_plan *p) {
    deletion d = {.p = p, .a = p->caller->arena};
    find_ties(&d);
    if (sort_models(&d) && height_of(&d) <= MAX_HEIGHT)
        return plan_tree(&d);
    const key *k = model_identity(p->of->model);
    p->must_pin = !referential_filter_is_by_key(p->of->where, k);
    return p->must_pin ? NULL : plan_closure(&d);
}
