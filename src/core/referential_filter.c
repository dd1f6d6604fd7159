#include "core/referential_filter.h"

#include "database/filter.h"

static const filter *exists(arena *a, hop way, const model *m,
                            const filter *where) {
    embed *there = arena_new_array(a, embed, 1);
    filter *made = arena_new_array(a, filter, 1);
    *there =
        (embed){.hop = way,
                .query = {.model = m, .where = where, .limit = QUERY_NO_LIMIT}};
    *made = (filter){.kind = FILTER_EXISTS,
                     .related = there,
                     .begins_there = way.kind == HOP_TO_PARENT &&
                                     way.relation->column_count == 1};
    return made;
}

const filter *referential_filter_of_children(arena *a, const relation *r,
                                             const filter *where) {
    hop way = {.kind = HOP_TO_PARENT, .is_to_one = true, .relation = r};
    return exists(a, way, r->parent, where);
}

const filter *referential_filter_of_parents(arena *a, const relation *r,
                                            const filter *where) {
    hop way = {.kind = HOP_TO_CHILD,
               .is_to_one = r->kind == RELATION_ONE_TO_ONE,
               .relation = r};
    return exists(a, way, r->child, where);
}

const filter *referential_filter_not_equal(arena *a, const field *f, value v) {
    return filter_not(a, v.kind == VALUE_NULL
                             ? filter_is_null(a, f)
                             : filter_compare(a, f, COMPARE_EQ, v));
}

/* ---- What there is in one ----------------------------------------------- */

/* Do all parts that are no ALL and no ANY pass? */
static bool do_all(const filter *f, bool (*passes)(const filter *, const key *),
                   const key *k) {
    if (f->kind != FILTER_ALL && f->kind != FILTER_ANY)
        return passes(f, k);
    for (size_t i = 0; i < f->child_count; i++) {
        if (!do_all(f->children[i], passes, k))
            return false;
    }
    return true;
}

static bool is_sure(const filter *f, const key *k) {
    (void)k;
    if (f->kind == FILTER_EXISTS || f->kind == FILTER_IS)
        return true;
    bool has_value = f->kind == FILTER_IN ||
                     (f->kind == FILTER_COMPARE && f->value.kind != VALUE_NULL);
    return has_value && f->derivation == NULL && !f->field->is_optional;
}

bool referential_filter_is_sure(const filter *f) {
    return do_all(f, is_sure, NULL);
}

static bool stays(const filter *f, const key *k) {
    (void)k;
    return f->kind != FILTER_EXISTS &&
           (f->derivation == NULL || f->derivation->function == NULL);
}

bool referential_filter_leads_elsewhere(const filter *f) {
    return f != NULL && !do_all(f, stays, NULL);
}

static bool is_deeper(const filter *f, int most) {
    if (f->kind != FILTER_ALL && f->kind != FILTER_ANY)
        return false;
    for (size_t i = 0; i < f->child_count; i++) {
        if (most == 0 || is_deeper(f->children[i], most - 1))
            return true;
    }
    return false;
}

bool referential_filter_is_deep(const filter *f) {
    enum { MOST = 4 };
    return f != NULL && is_deeper(f, MOST);
}

static bool is_of_key(const filter *f, const key *k) {
    for (size_t i = 0; stays(f, k) && i < k->field_count; i++) {
        if (f->field == k->fields[i])
            return true;
    }
    return false;
}

bool referential_filter_is_by_key(const filter *f, const key *k) {
    return f != NULL && k != NULL && do_all(f, is_of_key, k);
}
