/* sql.h: names and values as both engines' SQL spells them. */
#ifndef DATABASE_SQL_H
#define DATABASE_SQL_H

#include "base/arena.h"
#include "base/buf.h"

/* SQL of ours stays far below this: a table has at most some hundreds of
 * columns, a filter at most some thousands of parameters. */
enum { SQL_MAX = 1024 * 1024 };

/* "name", inner quotes doubled. */
void sql_write_name(buf *out, str name);

/* One "name" made of several parts. */
void sql_write_joined_name(buf *out, const str *parts, size_t count);

/* "schema"."name", or "name" alone when the schema is empty. */
void sql_write_path(buf *out, str schema, str name);

/* "a", "b" */
void sql_write_names(buf *out, const str *names, size_t count);

/* 'text', inner quotes doubled. On PostgreSQL, too, a backslash is a character
 * like any other (standard_conforming_strings). */
void sql_write_text(buf *out, str text);

#endif
