/* lite_statement.h: SQLite's statements with strs and errs. */
#ifndef DATABASE_SQLITE_LITE_STATEMENT_H
#define DATABASE_SQLITE_LITE_STATEMENT_H

#include <sqlite3.h>

#include "base/err.h"
#include "database/value.h"

/* flags: SQLITE_PREPARE_PERSISTENT for what is kept. */
fallible lite_prepare(arena *a, sqlite3 *db, str sql, unsigned flags,
                      sqlite3_stmt **out);

/* For CLEANUP. */
void lite_finalize(sqlite3_stmt **statement);

/* Text and bytes are borrowed until the statement is reset and bound anew.
 * SQLite's result code. */
int lite_bind_text(sqlite3_stmt *statement, int at, str text);
int lite_bind_bytes(sqlite3_stmt *statement, int at, str bytes);

/* A cell of the current row, until the next step. SQLite takes a lock for each
 * sqlite3_column_ call, and calls what this returns unprotected, because another
 * thread might use the connection: none does, and lite_configure says so. */
sqlite3_value *lite_cell(sqlite3_stmt *statement, int column);

/* Borrowed until the next step. Empty for NULL. */
str lite_value_text(sqlite3_value *cell);
str lite_value_bytes(sqlite3_value *cell);
str lite_column_text(sqlite3_stmt *statement, int column);

/* A cell as SQLite has it, to be bound elsewhere. Borrowed like the above. */
value lite_value_raw(sqlite3_value *cell);
int lite_bind_raw(sqlite3_stmt *statement, int at, value v);

/* The result of a function; copied. */
void lite_result_text(sqlite3_context *c, str text);

/* Runs statements that take and return nothing. */
fallible lite_run(arena *a, sqlite3 *db, const char *sql);

#endif
