/*
 * written_groups.h: groups of the rows that a write hands back.
 *
 *     PATCH /tasks?sprint=eq.5&select=status,count(),estimate_hours.sum()
 *
 * The database hands back each row, since each is judged and counted, with the
 * values that are to be aggregated; the groups are made of them here, as the
 * database would make them of a read.
 */
#ifndef API_REST_WRITTEN_GROUPS_H
#define API_REST_WRITTEN_GROUPS_H

#include "api/rest/rest_node.h"
#include "base/err.h"

/* The selection of the rows that the groups of s are made of: cell for cell,
 * with what is aggregated in place of the aggregate. ERR_UNSUPPORTED for a cast
 * of an aggregate, and where values are of types that only the database
 * knows. */
fallible written_groups_plan(arena *a, const selection *s, selection *out);

/* Is there one group, however many rows there are? */
bool written_groups_are_one(const selection *s);

/* Rows of cells become rows of groups, of s->key_count cells, in the order of
 * what they are grouped by. ERR_INTERNAL for a sum that is no number of its
 * type: the rows are written all the same. */
fallible written_groups_make(arena *a, const selection *s, const value **rows,
                             size_t count, const value ***out,
                             size_t *out_count);

#endif
