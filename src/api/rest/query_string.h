/*
 * query_string.h: all that a query string may say, read once and resolved.
 *
 * Each parameter is either one of the words below or a filter on a column;
 * anything else is an error that names the nearest column. Nothing is ignored:
 * a misspelled filter that is dropped would update the whole table.
 */
#ifndef API_REST_QUERY_STRING_H
#define API_REST_QUERY_STRING_H

#include "api/rest/rest_table.h"
#include "api/rest/select.h"
#include "base/err.h"

enum { QUERY_MAX_PARAMETERS = 1024 };

typedef struct field_list {
    const field **fields;
    size_t count;
    str *relations; /* of columns=: names of what is nested in a row */
    size_t relation_count;
} field_list;

typedef struct query_string {
    selection selection; /* of all columns when there is no select */
    const filter *where; /* or NULL: no filter at all */
    const query_order *order;
    size_t order_count;
    int64_t limit;  /* or QUERY_NO_LIMIT */
    int64_t offset; /* 0 or more */
    str cursor;     /* behind which row the page begins, or empty */
    field_list columns;
    field_list on_conflict;
    bool has_select;
    bool has_limit;
    bool has_offset;
    bool has_columns;
    bool has_on_conflict;
    bool has_old_name; /* an embed with an alias is named by its table */
} query_string;

/* text is as received. Borrows from it. */
fallible query_string_parse(arena *a, const rest_tables *tables,
                            const rest_table *t, str text, query_string *out);

#endif
