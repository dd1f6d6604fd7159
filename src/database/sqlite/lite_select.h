/* lite_select.h: a query as SQL, and its values. */
#ifndef DATABASE_SQLITE_LITE_SELECT_H
#define DATABASE_SQLITE_LITE_SELECT_H

#include <sqlite3.h>

#include "database/query.h"
#include "database/sqlite/lite_form.h"

void lite_select_write(buf *out, const query *q);
fallible lite_select_bind(arena *a, sqlite3_stmt *statement,
                          const lite_layout *layout, const query *q);

/* SELECT count(*) with the query's filter. */
void lite_count_write(buf *out, const query *q);
fallible lite_count_bind(arena *a, sqlite3_stmt *statement,
                         const lite_layout *layout, const query *q);

/* "a", "b"; 1 when there are none. */
void lite_select_columns(buf *out, const query_column *columns, size_t count);

#endif
