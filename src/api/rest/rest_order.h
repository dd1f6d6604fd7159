/*
 * rest_order.h: the order parameter: `status.desc.nullslast,data->>k,id`, or
 * `projects(name).desc` by a column of the one embedded row.
 *
 * Where nulls come is always said outright, as PostgreSQL would have it: last
 * when ascending, first when descending.
 */
#ifndef API_REST_REST_ORDER_H
#define API_REST_REST_ORDER_H

#include "api/rest/rest_node.h"
#include "base/err.h"

enum { ORDER_MAX_COLUMNS = 64 };

/* ERR_RELATED_ORDER where there may be more than one embedded row. */
fallible rest_order_parse(arena *a, const schema *known, const rest_node *n,
                          str text, const query_order **out, size_t *count);

#endif
