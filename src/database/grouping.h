/*
 * grouping.h: which cells of a query's rows they are grouped by.
 *
 *     select=status,projects(name),...people(age.avg()),labels(name)
 *
 * One aggregate among the columns, or among those of a spread that leads to one
 * row, makes groups of the rows; what is no aggregate is what they are grouped
 * by, and so are embedded rows. The aggregates of an embed that is no spread
 * are of its own rows.
 *
 * Statements say so by numbers (GROUP BY 1, 3): a JSON path in a cell and the
 * same path in a GROUP BY would be two expressions with different parameters.
 */
#ifndef DATABASE_GROUPING_H
#define DATABASE_GROUPING_H

#include "database/query.h"

static inline bool grouping_is_aggregate(const derivation *d) {
    return d != NULL && d->aggregate != AGGREGATE_NONE;
}

/* Is there an aggregate? */
bool grouping_is_needed(const query_column *columns, size_t count,
                        const embed *embeds, size_t embed_count);

/* " GROUP BY 1, 3"; nothing if all are aggregates. */
void grouping_write(buf *out, const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count);

/* " ORDER BY 3, 4", or with has_order ", 3, 4": the cells of embeds by which
 * rows are grouped and that have an order. The columns' are the planner's to
 * name. */
void grouping_write_order(buf *out, const query *q, bool has_order);

/* The cell that an order of grouped rows means, if there is one: a column of
 * theirs, or one that a spread to one row lifts. */
bool grouping_find(const query *q, const query_order *o, size_t *cell);

#endif
