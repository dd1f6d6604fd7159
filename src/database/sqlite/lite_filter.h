/* lite_filter.h: a filter as the SQL behind WHERE, and its values. */
#ifndef DATABASE_SQLITE_LITE_FILTER_H
#define DATABASE_SQLITE_LITE_FILTER_H

#include <sqlite3.h>

#include "base/buf.h"
#include "database/query.h"
#include "database/sqlite/lite_column.h"

/* " WHERE ..."; nothing for NULL. A parameter for each value, in the tree's
 * order. */
void lite_filter_write(buf *out, lite_scope s, const filter *where);

/* What stands behind WHERE; where is not NULL. */
void lite_filter_write_condition(buf *out, lite_scope s, const filter *where);

/* Binds the values from parameter *at on, and moves *at behind them. */
fallible lite_filter_bind(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout, const filter *where);

/* The same, and SQLite's result code. */
int lite_filter_bind_code(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout, const filter *where);

/* ERR_TOO_LARGE if the filter has more values than a statement can, and the err
 * of what this engine does not have. */
fallible lite_filter_check(arena *a, const lite_layout *layout,
                           const filter *where);

#endif
