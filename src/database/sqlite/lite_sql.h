/* lite_sql.h: what SQLite's SQL spells its own way. */
#ifndef DATABASE_SQLITE_LITE_SQL_H
#define DATABASE_SQLITE_LITE_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "database/sql.h"
#include "schema/schema.h"

/* x'6869' */
void lite_sql_bytes(buf *out, str bytes);

/* "a", "b" */
void lite_sql_columns(buf *out, const field *const *fields, size_t count);

/* Copies what was written, with a NUL behind it, and empties the buf. The text
 * must have fit. */
str lite_sql_take(arena *a, buf *sql);

#endif
