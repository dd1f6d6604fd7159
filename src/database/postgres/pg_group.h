/*
 * pg_group.h: which cells rows are grouped by.
 *
 * By their numbers (GROUP BY 1, 3): a JSON path in a cell and the same path in
 * a GROUP BY would be two expressions with different parameters.
 */
#ifndef DATABASE_POSTGRES_PG_GROUP_H
#define DATABASE_POSTGRES_PG_GROUP_H

#include "database/query.h"

/* Is one of them an aggregate, or a cell of a spread that leads to one row? */
bool pg_group_is_needed(const query_column *columns, size_t count,
                        const embed *embeds, size_t embed_count);

/* " GROUP BY 1, 3"; nothing if all are aggregates. */
void pg_group_write(buf *out, const query_column *columns, size_t count,
                    const embed *embeds, size_t embed_count);

/* The cell that an order of grouped rows means, if there is one. */
bool pg_group_find(const query *q, const query_order *o, size_t *cell);

#endif
