#include "database/sqlite/lite_cascade.h"

static bool writes_children(const relation *r) {
    return r->on_delete == ACTION_CASCADE || r->on_delete == ACTION_SET_NULL ||
           r->on_delete == ACTION_SET_DEFAULT;
}

/* Marks the models whose rows go with those of marked ones, once around; says
 * whether there were any more. */
static bool spread(const schema *s, bool *is_marked) {
    bool is_more = false;
    for (size_t i = 0; i < s->model_count; i++) {
        const model *child = &s->models[i];
        for (size_t k = 0; k < child->relation_count; k++) {
            const relation *r = child->relations[k];
            if (is_marked[r->parent->index] && !is_marked[i] &&
                r->on_delete == ACTION_CASCADE) {
                is_marked[i] = true;
                is_more = true;
            }
        }
    }
    return is_more;
}

bool lite_cascade_comes_back(arena *a, const schema *s, const model *m) {
    if (m->relation_count == 0)
        return false;
    bool *is_marked = arena_new_array(a, bool, s->model_count);
    is_marked[m->index] = true;
    while (spread(s, is_marked))
        ;
    for (size_t i = 0; i < m->relation_count; i++) {
        const relation *r = m->relations[i];
        if (is_marked[r->parent->index] && writes_children(r))
            return true;
    }
    return false;
}
