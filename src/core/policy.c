#include "core/policy.h"

#include "base/assert.h"
#include "core/soft_delete.h"
#include "schema/function.h"

/* By the rules whose conditions are constant. Any other condition is one that
 * nobody can meet, and one that may deny. */
static bool allows(const policy_rule *rules, size_t count, operation op,
                   bool is_open) {
    bool is_named = false;
    bool is_allowed = false;
    for (size_t i = 0; i < count; i++) {
        const policy_rule *rule = &rules[i];
        if (!rule->operations[op])
            continue;
        if (rule->is_deny && !condition_is(rule->condition, false))
            return false;
        is_named = is_named || !rule->is_deny;
        is_allowed = is_allowed ||
                     (!rule->is_deny && condition_is(rule->condition, true));
    }
    return is_named ? is_allowed : is_open;
}

/* Does the application decide? */
static inline bool is_ordinary(const caller *c, const model *m) {
    return LIKELY(c->principal.kind == PRINCIPAL_ANONYMOUS && !m->is_system);
}

/* The rules of our own tables are about the operator and nobody else. */
static NOINLINE bool allows_others(const caller *c, const model *m,
                                   operation op) {
    switch (c->principal.kind) {
    case PRINCIPAL_ANONYMOUS:
        break;
    case PRINCIPAL_OPERATOR:
        return op == OPERATION_READ && m->is_system &&
               allows(m->rules, m->rule_count, op, false);
    case PRINCIPAL_SYSTEM:
        ASSERT(c->origin != NULL && !str_is_empty(c->origin->reason));
        return true;
    }
    return false;
}

bool policy_allows(const caller *c, const model *m, operation op) {
    const policy_source *asked = c->app->policies;
    if (!is_ordinary(c, m))
        return allows_others(c, m, op);
    if (UNLIKELY(asked != NULL))
        return !asked->reach(asked, c, m, op).is_empty;
    if (c->app->is_dev_open || m->is_foreign)
        return true;
    bool is_post_update = op == OPERATION_POST_UPDATE;
    if (!allows(m->rules, m->rule_count, op, is_post_update))
        return false;
    return op != OPERATION_UPDATE ||
           allows(m->rules, m->rule_count, OPERATION_POST_UPDATE, true);
}

const filter POLICY_NO_ROW = {.kind = FILTER_ANY};

static inline policy_reach reach_of(const caller *c, const model *m,
                                    operation op) {
    const policy_source *asked = c->app->policies;
    if (UNLIKELY(asked != NULL) && is_ordinary(c, m))
        return asked->reach(asked, c, m, op);
    return (policy_reach){.is_empty = !policy_allows(c, m, op)};
}

policy_reach policy_reach_of(const caller *c, const model *m, operation op) {
    policy_reach reach = reach_of(c, m, op);
    return LIKELY(m->soft_delete == NULL) ? reach
                                          : soft_delete_live(c, m, reach);
}

policy_reach policy_reach_with_deleted(const caller *c, const model *m,
                                       operation op) {
    return reach_of(c, m, op);
}

const filter *policy_narrow(arena *a, const filter *where,
                            const filter *reach) {
    if (where == NULL || reach == NULL)
        return where == NULL ? reach : where;
    filter *both = arena_new_array(a, filter, 1);
    const filter **children = arena_new_array(a, const filter *, 2);
    children[0] = reach;
    children[1] = where;
    *both =
        (filter){.kind = FILTER_ALL, .children = children, .child_count = 2};
    return both;
}

/* Asked for each column of each request, and few have rules. */
static bool allows_on(const caller *c, const field *f, operation op) {
    if (f->rule_count == 0 || c->principal.kind == PRINCIPAL_SYSTEM)
        return true;
    return (c->app->is_dev_open && is_ordinary(c, f->model)) ||
           allows(f->rules, f->rule_count, op, true);
}

/* Who may see a computed field is who may call its function. */
static bool shows_computed(const caller *c, const function *f) {
    return f->is_foreign || policy_allows(c, f->arguments, OPERATION_CALL);
}

static NOINLINE bool shows_limited(const caller *c, const field *f) {
    const function *computed = function_of_computed(f);
    if (UNLIKELY(computed != NULL))
        return shows_computed(c, computed);
    return !f->is_password && field_is_visible(f) &&
           allows_on(c, f, OPERATION_READ);
}

/* Asked for each column of each request, and few are limited. */
static inline bool shows(const caller *c, const field *f) {
    return LIKELY(f->is_open) || shows_limited(c, f);
}

bool policy_shows(const caller *c, const field *f) {
    return shows(c, f);
}

bool policy_sets(const caller *c, const field *f) {
    return allows_on(c, f, OPERATION_UPDATE);
}

err *policy_require(const caller *c, const model *m, operation op) {
    if (m->is_view && !m->is_foreign && op != OPERATION_READ)
        return err_new(c->arena, ERR_METHOD, "cannot write to view \"%.*s\"",
                       STR_ARG(m->table));
    if (policy_allows(c, m, op))
        return NULL;
    arena *a = c->arena;
    str verb = operation_name(op);
    err *e = err_new(a, ERR_DENIED, "permission denied for table %.*s",
                     STR_ARG(m->table));
    if (c->principal.kind == PRINCIPAL_OPERATOR)
        return err_with_hint(e, STR("the operator's token is for reading "
                                    "Tenon's own tables, and for nothing "
                                    "else"));
    return err_with_hint(
        e, arena_printf(a,
                        "no policy of model %.*s allows %.*s: add "
                        "@@allow('%.*s', true) to open it to everybody",
                        STR_ARG(m->name), STR_ARG(verb), STR_ARG(verb)));
}

err *policy_refuse_column(arena *a, const field *f) {
    return err_new(a, ERR_DENIED,
                   "permission denied for column %.*s of table %.*s",
                   STR_ARG(f->column), STR_ARG(f->model->table));
}

err *policy_require_shown(const caller *c, const query_column *columns,
                          size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (UNLIKELY(!shows(c, columns[i].field)))
            return policy_refuse_column(c->arena, columns[i].field);
    }
    return NULL;
}
