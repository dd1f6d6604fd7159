#include "core/referential_plan.h"

#include "base/assert.h"
#include "core/policy.h"
#include "core/referential_delete.h"
#include "core/referential_filter.h"
#include "database/filter.h"
#include "database/key_text.h"

/* Keys made of keys. */
enum { MAX_DEPTH = 8 };

/* What becomes of columns that others may refer to. */
typedef struct key_change {
    const field **fields;
    relative_operator *operators;
    value *values;
    size_t count;
} key_change;

mutation *referential_plan_add(referential_plan *p, mutation_kind kind,
                               const model *m, const filter *where) {
    arena *a = p->caller->arena;
    mutation *made = arena_new_array(a, mutation, 1);
    *made = (mutation){.kind = kind,
                       .model = m,
                       .where = where,
                       .max_rows = MUTATION_ANY_COUNT,
                       .refers_back = p->of->refers_back,
                       .turn = p->of->turn,
                       .turn_of = p->of->turn_of,
                       .is_rolled_back = p->of->is_rolled_back,
                       .origin = p->of->origin,
                       .scope = p->of->scope};
    ARENA_PUSH(a, p->items, p->count, made);
    return made;
}

static void add_relations(arena *a, const model *child, const model *parent,
                          const relation ***out, size_t *count) {
    for (size_t i = 0; i < child->relation_count; i++) {
        const relation *r = child->relations[i];
        if (r->parent == parent && relation_has_foreign_key(r))
            ARENA_PUSH(a, *out, *count, r);
    }
}

const relation *const *referential_plan_relations(const referential_plan *p,
                                                  const model *parent,
                                                  size_t *count) {
    const schema *s = p->caller->app->schema;
    const relation **out = NULL;
    *count = 0;
    for (size_t i = 0; i < s->model_count; i++)
        add_relations(p->caller->arena, &s->models[i], parent, &out, count);
    for (size_t i = 0; i < s->many_to_many_count; i++) {
        const model *join = s->many_to_many[i]->join;
        if (join != NULL)
            add_relations(p->caller->arena, join, parent, &out, count);
    }
    return out;
}

/* ---- Children that must not be there ------------------------------------ */

typedef struct forbidden {
    const relation *relation;
    bool may_tell; /* the parent's key */
} forbidden;

static err *judge(const void *context, arena *a, size_t row,
                  const value *cells) {
    const forbidden *f = context;
    const relation *r = f->relation;
    const value **shown = arena_new_array(a, const value *, r->column_count);
    (void)row;
    for (size_t i = 0; f->may_tell && i < r->column_count; i++)
        shown[i] = &cells[i];
    str end = arena_printf(a, "is still referenced from table \"%.*s\".",
                           STR_ARG(r->child->table));
    return err_with_details(
        err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                "update or delete on table \"%.*s\" violates foreign key"
                " constraint \"%.*s\" on table \"%.*s\"",
                STR_ARG(r->parent->table), STR_ARG(r->constraint_name),
                STR_ARG(r->child->table)),
        key_text(a, r->references, shown, r->column_count, end.ptr));
}

/* Whoever may write a row may see it, but not each of its columns, and not the
 * rows of other tables that it takes along. */
static bool may_tell(const referential_plan *p, const relation *r) {
    for (size_t i = 0; i < r->column_count; i++) {
        if (!policy_shows(p->caller, r->references[i]))
            return false;
    }
    return r->parent == p->of->model;
}

void referential_plan_forbid(referential_plan *p, const relation *r,
                             const filter *where, const filter *except) {
    static const value NOTHING = {.kind = VALUE_NULL};
    arena *a = p->caller->arena;
    const filter *others = except != NULL ? filter_not(a, except) : NULL;
    const filter *has = referential_filter_of_parents(a, r, others);
    forbidden *context = arena_new_array(a, forbidden, 1);
    query_column *judged = arena_new_array(a, query_column, r->column_count);
    mutation *look = referential_plan_add(p, MUTATION_UPDATE, r->parent,
                                          policy_narrow(a, where, has));
    for (size_t i = 0; i < r->column_count; i++)
        judged[i] = query_column_of(r->references[i]);
    *context = (forbidden){r, may_tell(p, r)};
    look->values = &NOTHING;
    look->row_count = 1;
    look->judge = judge;
    look->judge_context = context;
    look->judged = judged;
    look->judged_count = r->column_count;
}

/* ---- Keys that change --------------------------------------------------- */

static key_change change_of(arena *a, size_t room) {
    return (key_change){.fields = arena_new_array(a, const field *, room),
                        .operators =
                            arena_new_array(a, relative_operator, room),
                        .values = arena_new_array(a, value, room)};
}

static void add_change(key_change *k, const field *f, relative_operator op,
                       value v) {
    k->fields[k->count] = f;
    k->operators[k->count] = op;
    k->values[k->count++] = v;
}

static bool has_operator(const key_change *k) {
    for (size_t i = 0; i < k->count; i++) {
        if (k->operators[i] != RELATIVE_SET)
            return true;
    }
    return false;
}

/* @updatedAt as well. */
static void add_update(referential_plan *p, const model *m, const key_change *k,
                       const filter *where) {
    arena *a = p->caller->arena;
    key_change all = change_of(a, k->count + m->column_count);
    for (size_t i = 0; i < k->count; i++)
        add_change(&all, k->fields[i], k->operators[i], k->values[i]);
    for (size_t i = 0; i < m->column_count; i++) {
        if (m->columns[i]->is_updated_at)
            add_change(&all, m->columns[i], RELATIVE_SET,
                       default_maker_now(&p->defaults));
    }
    mutation *made = referential_plan_add(p, MUTATION_UPDATE, m, where);
    made->fields = all.fields;
    made->field_count = all.count;
    made->values = all.values;
    made->operators = has_operator(&all) ? all.operators : NULL;
    made->row_count = 1;
    p->must_pin |= m == p->of->model;
}

static err *follow_change(referential_plan *p, const model *m,
                          const key_change *k, const filter *where, int depth);

/* What is to be deleted needs no other key. */
static const filter *children_of(const referential_plan *p, const relation *r,
                                 const filter *parents) {
    arena *a = p->caller->arena;
    const mutation *of = p->of;
    const filter *where = referential_filter_of_children(a, r, parents);
    bool goes = of->kind == MUTATION_DELETE && r->child == of->model &&
                of->where != NULL && referential_filter_is_sure(of->where);
    return goes ? policy_narrow(a, where, filter_not(a, of->where)) : where;
}

static err *change_children(referential_plan *p, const relation *r,
                            const key_change *k, const filter *parents,
                            int depth) {
    const filter *where = children_of(p, r, parents);
    TRY(follow_change(p, r->child, k, where, depth + 1));
    add_update(p, r->child, k, where);
    return NULL;
}

static key_change nulls_of(arena *a, const relation *r) {
    key_change k = change_of(a, r->column_count);
    for (size_t i = 0; i < r->column_count; i++)
        add_change(&k, r->columns[i], RELATIVE_SET,
                   (value){.kind = VALUE_NULL});
    return k;
}

err *referential_plan_set_null(referential_plan *p, const relation *r,
                               const filter *where) {
    key_change k = nulls_of(p->caller->arena, r);
    return change_children(p, r, &k, where, 0);
}

/* What becomes of the child's columns, and the parents of which the key will be
 * another one. */
static key_change child_change(arena *a, const relation *r, const key_change *k,
                               const filter **parents) {
    key_change own = change_of(a, r->column_count);
    const filter **ways = arena_new_array(a, const filter *, r->column_count);
    bool is_sure = true;
    for (size_t i = 0; i < r->column_count; i++) {
        size_t at = 0;
        while (at < k->count && k->fields[at] != r->references[i])
            at++;
        if (at == k->count)
            continue;
        is_sure &= k->operators[at] == RELATIVE_SET;
        ways[own.count] =
            referential_filter_not_equal(a, k->fields[at], k->values[at]);
        add_change(&own, r->columns[i], k->operators[at], k->values[at]);
    }
    if (own.count > 0 && is_sure)
        *parents = policy_narrow(a, *parents, filter_any(a, ways, own.count));
    return own;
}

static err *follow_relation(referential_plan *p, const relation *r,
                            const key_change *k, const filter *where,
                            int depth) {
    arena *a = p->caller->arena;
    key_change own = child_change(a, r, k, &where);
    key_change nulls;
    if (own.count == 0)
        return NULL;
    switch (r->on_update) {
    case ACTION_CASCADE:
        return change_children(p, r, &own, where, depth);
    case ACTION_SET_NULL:
        nulls = nulls_of(a, r);
        return change_children(p, r, &nulls, where, depth);
    case ACTION_RESTRICT:
    case ACTION_NO_ACTION:
        referential_plan_forbid(p, r, where, NULL);
        return NULL;
    case ACTION_SET_DEFAULT:
        break;
    }
    PANIC("the schema's loader refuses it");
}

static err *follow_change(referential_plan *p, const model *m,
                          const key_change *k, const filter *where, int depth) {
    size_t count;
    if (depth > MAX_DEPTH)
        return err_new(
            p->caller->arena, ERR_TOO_COMPLEX,
            "keys of table \"%.*s\" refer to keys that refer to keys "
            "more than %d times",
            STR_ARG(p->of->model->table), MAX_DEPTH);
    const relation *const *found = referential_plan_relations(p, m, &count);
    for (size_t i = 0; i < count; i++)
        TRY(follow_relation(p, found[i], k, where, depth));
    return NULL;
}

static err *plan_update(referential_plan *p) {
    const mutation *m = p->of;
    key_change k = change_of(p->caller->arena, m->field_count);
    for (size_t i = 0; i < m->field_count; i++)
        add_change(&k, m->fields[i], mutation_operator(m, i), m->values[i]);
    return follow_change(p, m->model, &k, m->where, 0);
}

/* ---- Merges ------------------------------------------------------------- */

static bool is_found_by(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        if (m->conflict_fields[i] == f)
            return true;
    }
    return false;
}

/* What a merge makes of the row that is there. */
static key_change merged_change(arena *a, const mutation *m, size_t row) {
    key_change k = change_of(a, m->field_count);
    for (size_t i = 0; i < m->field_count; i++) {
        size_t at = row * m->field_count + i;
        relative_operator op = mutation_operator(m, i);
        bool is_kept = m->keeps_on_merge != NULL && m->keeps_on_merge[i];
        if (is_kept || is_found_by(m, m->fields[i]) ||
            m->values[at].kind == VALUE_DEFAULT)
            continue;
        add_change(&k, m->fields[i], op,
                   op == RELATIVE_SET ? m->values[at] : m->operands[at]);
    }
    return k;
}

/* The row that it would find; NULL: none, for want of a value. */
static const filter *merged_row(arena *a, const mutation *m, size_t row) {
    const filter *where = NULL;
    size_t found = 0;
    for (size_t i = 0; i < m->field_count; i++) {
        const value *v = &m->values[row * m->field_count + i];
        if (!is_found_by(m, m->fields[i]) || v->kind == VALUE_NULL ||
            v->kind == VALUE_DEFAULT)
            continue;
        where = policy_narrow(a, where,
                              filter_compare(a, m->fields[i], COMPARE_EQ, *v));
        found++;
    }
    return found == m->conflict_field_count ? where : NULL;
}

static bool refers_to(const relation *const *relations, size_t count,
                      const field *f) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < relations[i]->column_count; k++) {
            if (relations[i]->references[k] == f)
                return true;
        }
    }
    return false;
}

/* Most merges go by the key that others refer to, which stays as it is. */
static bool changes_keys(const referential_plan *p) {
    const mutation *m = p->of;
    size_t count;
    const relation *const *found =
        referential_plan_relations(p, m->model, &count);
    for (size_t i = 0; i < m->field_count; i++) {
        if (!is_found_by(m, m->fields[i]) &&
            refers_to(found, count, m->fields[i]))
            return true;
    }
    return false;
}

static err *plan_merge(referential_plan *p) {
    arena *a = p->caller->arena;
    size_t row_count = changes_keys(p) ? p->of->row_count : 0;
    for (size_t row = 0; row < row_count; row++) {
        const filter *where = merged_row(a, p->of, row);
        key_change k = merged_change(a, p->of, row);
        if (where != NULL)
            TRY(follow_change(p, p->of->model, &k, where, 0));
    }
    p->must_pin = false; /* it goes by its key */
    return NULL;
}

/* ---- All of them -------------------------------------------------------- */

static err *plan(referential_plan *p) {
    switch (p->of->kind) {
    case MUTATION_DELETE:
        return referential_delete_plan(p);
    case MUTATION_UPDATE:
        return plan_update(p);
    case MUTATION_INSERT:
        return plan_merge(p);
    case MUTATION_CALL:
        break;
    }
    return NULL;
}

err *referential_plan_make(const caller *c, const mutation *m,
                           referential_plan *out) {
    *out = (referential_plan){
        .caller = c, .of = m, .defaults = default_maker_for(c)};
    TRY(plan(out));
    bool is_deep = referential_filter_is_deep(m->where);
    bool is_by_key =
        referential_filter_is_by_key(m->where, model_identity(m->model));
    out->must_pin |= out->count > 0 &&
                     (is_deep || referential_filter_leads_elsewhere(m->where));
    out->must_pin &= is_deep || !is_by_key;
    return NULL;
}
