/* lite_filter.h: a filter as the SQL behind WHERE, and its values. */
#ifndef DATABASE_SQLITE_LITE_FILTER_H
#define DATABASE_SQLITE_LITE_FILTER_H

#include <sqlite3.h>

#include "base/buf.h"
#include "database/query.h"
#include "database/sqlite/lite_form.h"

/* " WHERE ..."; nothing for NULL. A parameter for each value, in the tree's
 * order. */
void lite_filter_write(buf *out, const filter *where);

/* Binds the values from parameter *at on, and moves *at behind them. */
fallible lite_filter_bind(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout, const filter *where);

/* ERR_TOO_LARGE if the filter has more values than a statement can. */
fallible lite_filter_check(arena *a, const filter *where);

#endif
