/* filter.h: the conditions (query.h) of queries that nobody wrote, such as
 * those over Tenon's own tables.
 *
 *     const filter *const parts[] = {
 *         filter_compare(a, id, COMPARE_EQ, wanted),
 *         filter_not(a, filter_is_null(a, run_at)),
 *     };
 *     query.where = filter_all(a, parts, LENGTH(parts));
 *
 * What they are made of is borrowed, but for the lists of parts: of those each
 * has its own. */
#ifndef DATABASE_FILTER_H
#define DATABASE_FILTER_H

#include "base/arena.h"
#include "database/query.h"

const filter *filter_compare(arena *a, const field *f, compare_op op, value v);
const filter *filter_is_null(arena *a, const field *f);
const filter *filter_in(arena *a, const field *f, const value *values,
                        size_t count);
const filter *filter_not(arena *a, const filter *f);

/* All of none is true, and any of none is false. */
const filter *filter_all(arena *a, const filter *const *parts, size_t count);
const filter *filter_any(arena *a, const filter *const *parts, size_t count);

#endif
