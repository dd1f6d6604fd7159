/*
 * lite_relative.h: what a column becomes, as SQL (relative.h).
 *
 *     tenon_relative("stock", 2, 2, 0, ?)
 *
 * SQLite's own operators make a float of an integer that overflows, null of a
 * division by zero, and keep no decimal. The numbers are the operator, the
 * scalar and whether it is a list.
 */
#ifndef DATABASE_SQLITE_LITE_RELATIVE_H
#define DATABASE_SQLITE_LITE_RELATIVE_H

#include <sqlite3.h>

#include "base/err.h"
#include "database/relative.h"

/* With one parameter, which of RELATIVE_SET is all that is written. */
void lite_relative_write(buf *out, const field *f, relative_operator op);

/* The operand: exact, whatever the column keeps. */
fallible lite_relative_bind(arena *a, sqlite3_stmt *statement, int at,
                            const field *f, value operand);

void lite_relative(sqlite3_context *c, int count, sqlite3_value **values);

#endif
