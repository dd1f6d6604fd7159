/* lite_sql.h: names and values as SQLite's SQL spells them. */
#ifndef DATABASE_SQLITE_LITE_SQL_H
#define DATABASE_SQLITE_LITE_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "schema/schema.h"

/* "name", inner quotes doubled. */
void lite_sql_name(buf *out, str name);

/* One "name" made of several parts. */
void lite_sql_joined_name(buf *out, const str *parts, size_t count);

/* 'text', inner quotes doubled. */
void lite_sql_text(buf *out, str text);

/* x'6869' */
void lite_sql_bytes(buf *out, str bytes);

/* "a", "b" */
void lite_sql_columns(buf *out, const field *const *fields, size_t count);

/* Copies what was written, with a NUL behind it, and empties the buf. The text
 * must have fit. */
str lite_sql_take(arena *a, buf *sql);

/* SQL of ours stays far below this: a table has at most some hundreds of
 * columns, a filter at most some thousands of parameters. */
enum { LITE_SQL_MAX = 1024 * 1024 };

#endif
