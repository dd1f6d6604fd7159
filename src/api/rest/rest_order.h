/*
 * rest_order.h: the order parameter: `status.desc.nullslast,id`.
 *
 * Where nulls come is always said outright, as PostgreSQL would have it: last
 * when ascending, first when descending.
 */
#ifndef API_REST_REST_ORDER_H
#define API_REST_REST_ORDER_H

#include "base/err.h"
#include "database/query.h"

enum { ORDER_MAX_COLUMNS = 64 };

fallible rest_order_parse(arena *a, const schema *known, const model *m,
                          str text, const query_order **out, size_t *count);

#endif
