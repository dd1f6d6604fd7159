/* lite_select.h: a query as SQL, and its values. */
#ifndef DATABASE_SQLITE_LITE_SELECT_H
#define DATABASE_SQLITE_LITE_SELECT_H

#include "database/sqlite/lite_cache.h"
#include "database/sqlite/lite_hop.h"
#include "database/sqlite/lite_pace.h"

/* Whose statements these are. */
typedef struct lite_source {
    sqlite3 *db;
    lite_cache *cache;
    lite_pace *pace;
    const lite_layout *layout;
    buf *shape; /* scratch */
} lite_source;

typedef enum lite_select_kind {
    LITE_SELECT_ROWS,
    LITE_SELECT_COUNT, /* one cell: how many rows pass the filter */
    LITE_SELECT_PLAN,  /* EXPLAIN QUERY PLAN of the rows */
    LITE_SELECT_EMBED, /* the rows that one row's links lead to */
} lite_select_kind;

/* A statement for the query, prepared if need be. Its cells are the columns and
 * behind them, for each embed, the links. of is the embed whose query it is, or
 * NULL: then the rows are those of the whole table. Give it back with
 * lite_cache_put. */
fallible lite_select_find(arena *a, const lite_source *from,
                          lite_select_kind kind, const query *q,
                          const embed *of, lite_cached *out);

typedef struct lite_embeds lite_embeds;

/* Binds all of its values (without has_derived, those of columns are none) but
 * the links that lead to of's rows; these are the parameters from *first_link
 * on. related are q's embeds, for groups that ask for them, or NULL. */
fallible lite_select_bind(arena *a, sqlite3_stmt *statement,
                          const lite_layout *layout, const query *q,
                          bool has_derived, const lite_embeds *related,
                          const embed *of, int *first_link);
fallible lite_count_bind(arena *a, sqlite3_stmt *statement,
                         const lite_layout *layout, const query *q);

/* Is there anything in it that this engine refuses? Embeds are not looked
 * into. */
fallible lite_select_check(arena *a, const lite_layout *layout, const query *q);

/* "a", "b"; 1 when there are none. */
void lite_select_columns(buf *out, lite_scope s, const query_column *columns,
                         size_t count);

/* SELECT without FROM and what follows: columns and links. */
void lite_select_links(buf *out, lite_scope s, const embed *embeds,
                       size_t count);
size_t lite_select_link_count(const embed *embeds, size_t count);

/* " ORDER BY ...", as far as the query has one. */
void lite_select_order(buf *out, lite_scope s, const query *q);

/* " LIMIT ? OFFSET ?", as far as the query has them. */
void lite_select_limits(buf *out, const query *q);

/* SQLite's result codes. */
int lite_select_bind_limits(sqlite3_stmt *statement, int *at, const query *q);
int lite_select_bind_columns(arena *a, sqlite3_stmt *statement, int *at,
                             const query_column *columns, size_t count);

/* The err of a step that failed with rc. */
fallible lite_source_error(arena *a, const lite_source *from, int rc);

#endif
