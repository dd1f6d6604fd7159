/*
 * pg_call.h: functions of the schema as SQL.
 *
 * A function is a statement of the schema file with the call's arguments as
 * parameters, a parameter for each use. One that reads is the source of a
 * query, in place of a table. One that writes is run; the rows of its last
 * statement are a source, too:
 *
 *     WITH "rows of the call" AS (UPDATE ... RETURNING *)
 *     SELECT t0."id" FROM "rows of the call" AS t0 WHERE ...
 *
 * So a last statement that is a query must not write inside of its own WITH:
 * the server refuses that.
 */
#ifndef DATABASE_POSTGRES_PG_CALL_H
#define DATABASE_POSTGRES_PG_CALL_H

#include "database/mutation.h"
#include "database/postgres/pg_sql.h"

/* "(SELECT ...) AS t0". */
void pg_call_write_source(pg_sql *w, const function_call *call, size_t alias);

/* The last statement of a MUTATION_CALL, with what is handed back of its
 * rows. */
void pg_call_write_last(pg_sql *w, const mutation *m);

/* "(SELECT t0."first" || t0."last")": a computed field of that row. */
void pg_call_write_computed(pg_sql *w, const function *f, size_t alias);

/* A statement before the last one: rows that it has are nobody's. */
void pg_call_write(buf *out, const function_call *call, size_t statement);
fallible pg_call_bind(arena *a, pg_arguments *out, const function_call *call,
                      size_t statement);

#endif
