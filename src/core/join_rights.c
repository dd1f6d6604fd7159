#include "core/join_rights.h"

#include "core/policy.h"

err *join_rights_require(const caller *c, const model *join) {
    for (size_t i = 0; i < join->relation_count; i++)
        TRY(policy_require(c, join->relations[i]->parent, OPERATION_UPDATE));
    return NULL;
}

static const filter *has_end(arena *a, const relation *tie,
                             const filter *where) {
    filter *made = arena_new_array(a, filter, 1);
    embed *end = arena_new_array(a, embed, 1);
    *end = (embed){
        .hop = {.kind = HOP_TO_PARENT, .is_to_one = true, .relation = tie},
        .query = {
            .model = tie->parent, .where = where, .limit = QUERY_NO_LIMIT}};
    *made = (filter){.kind = FILTER_EXISTS, .related = end};
    return made;
}

bool join_rights_narrow(const caller *c, mutation *m) {
    for (size_t i = 0; i < m->model->relation_count; i++) {
        const relation *tie = m->model->relations[i];
        policy_reach seen = policy_reach_of(c, tie->parent, OPERATION_READ);
        policy_reach mine = policy_reach_of(c, tie->parent, OPERATION_UPDATE);
        const filter *both = policy_narrow(c->arena, seen.where, mine.where);
        if (seen.is_empty || mine.is_empty)
            return false;
        if (both != NULL)
            m->where =
                policy_narrow(c->arena, m->where, has_end(c->arena, tie, both));
    }
    return true;
}
