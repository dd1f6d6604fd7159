/*
 * select.h: the select parameter.
 *
 *     id,title,state:status,created_at::text
 *
 * In this release: columns, aliases, `*` and casts to text. What the dialect
 * has besides (embedded tables, aggregates, JSON paths, other casts) is
 * understood well enough to be refused by name.
 */
#ifndef API_REST_SELECT_H
#define API_REST_SELECT_H

#include "api/rest/rest_table.h"
#include "base/err.h"

enum { SELECT_MAX_COLUMNS = 512 };

typedef struct selection {
    const query_column *columns; /* what to ask for */
    const row_column *keys;      /* how to write it; pairwise */
    size_t count;
} selection;

/* select=*, and what a request without select gets. */
selection select_all(const rest_table *t);

/* text is decoded. */
fallible select_parse(arena *a, const rest_tables *tables, const rest_table *t,
                      str text, selection *out);

#endif
