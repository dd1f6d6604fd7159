#include "database/filter.h"

#include <string.h>

static const filter *make(arena *a, filter f) {
    filter *made = arena_new_array(a, filter, 1);
    *made = f;
    return made;
}

const filter *filter_compare(arena *a, const field *f, compare_op op, value v) {
    return make(
        a, (filter){.kind = FILTER_COMPARE, .field = f, .op = op, .value = v});
}

const filter *filter_is_null(arena *a, const field *f) {
    return make(a, (filter){.kind = FILTER_IS, .field = f, .what = IS_NULL});
}

const filter *filter_in(arena *a, const field *f, const value *values,
                        size_t count) {
    return make(a, (filter){.kind = FILTER_IN,
                            .field = f,
                            .values = values,
                            .value_count = count});
}

const filter *filter_not(arena *a, const filter *f) {
    filter negated = *f;
    negated.is_negated = !f->is_negated;
    return make(a, negated);
}

static const filter *group(arena *a, filter_kind kind,
                           const filter *const *parts, size_t count) {
    if (count == 1)
        return parts[0];
    const filter **kept = arena_new_array(a, const filter *, count);
    if (count > 0)
        memcpy(kept, parts, count * sizeof *kept);
    return make(a,
                (filter){.kind = kind, .children = kept, .child_count = count});
}

const filter *filter_all(arena *a, const filter *const *parts, size_t count) {
    return group(a, FILTER_ALL, parts, count);
}

const filter *filter_any(arena *a, const filter *const *parts, size_t count) {
    return group(a, FILTER_ANY, parts, count);
}
