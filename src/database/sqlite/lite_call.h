/*
 * lite_call.h: functions of the schema as SQL.
 *
 * SQLite has none of them: what stands in the schema is a statement. One that
 * reads becomes the source of a query, in place of a table. One that writes is
 * run as it is, which SQLite allows nowhere inside of a query; its rows become
 * a source afterwards, where they are to be filtered.
 *
 * Each use of an argument is a parameter of its own.
 */
#ifndef DATABASE_SQLITE_LITE_CALL_H
#define DATABASE_SQLITE_LITE_CALL_H

#include <sqlite3.h>

#include "database/query.h"
#include "database/sqlite/lite_column.h"
#include "schema/function.h"

/* "(SELECT ...) AS t0", of a function that reads. */
void lite_call_write_source(buf *out, lite_scope s, const function *f);

/* Binds its parameters from *at on, and moves *at behind them. SQLite's result
 * code. */
int lite_call_bind_source(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout, const function_call *call);

void lite_call_write_statement(buf *out, const function_statement *s);
fallible lite_call_bind(arena *a, sqlite3_stmt *statement, int *at,
                        const lite_layout *layout, const function_call *call,
                        const function_statement *s);

/* Which column of the statement's rows is which of the function's: places[i]
 * is the one of row->columns[i], or -1, which only a column that clients do not
 * see may be. A value is the only one. ERR_INVALID names what is missing. */
fallible lite_call_find_columns(arena *a, sqlite3_stmt *statement,
                                const function *f, int *places);

/* Prepares every function of the schema. ERR_INVALID says which one the
 * database does not understand, and where. */
fallible lite_call_check_all(arena *a, sqlite3 *db, const schema *s);

#endif
