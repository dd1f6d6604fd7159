#include "core/policy.h"

static const str VERBS[] = {
    [OPERATION_CREATE] = STR_INIT("create"),
    [OPERATION_READ] = STR_INIT("read"),
    [OPERATION_UPDATE] = STR_INIT("update"),
    [OPERATION_DELETE] = STR_INIT("delete"),
};
_Static_assert(LENGTH(VERBS) == OPERATION_COUNT, "every operation has a verb");

bool policy_allows(const caller *c, const model *m, operation op) {
    if (c->app->is_dev_open)
        return true;
    bool is_allowed = false;
    for (size_t i = 0; i < m->rule_count; i++) {
        const policy_rule *rule = &m->rules[i];
        if (!rule->condition || !rule->operations[op])
            continue;
        if (rule->is_deny)
            return false;
        is_allowed = true;
    }
    return is_allowed;
}

err *policy_require(const caller *c, const model *m, operation op) {
    if (policy_allows(c, m, op))
        return NULL;
    arena *a = c->arena;
    err *e = err_new(a, ERR_DENIED, "permission denied for table %.*s",
                     STR_ARG(m->table));
    return err_with_hint(
        e,
        arena_printf(a,
                     "no policy of model %.*s allows %.*s: add "
                     "@@allow('%.*s', true) to open it to everybody",
                     STR_ARG(m->name), STR_ARG(VERBS[op]), STR_ARG(VERBS[op])));
}
