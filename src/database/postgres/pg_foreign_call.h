/*
 * pg_foreign_call.h: a call of a function that the database already had.
 *
 *     SELECT r.* FROM json_to_record($1::json) AS u (c0 integer, c1 mood),
 *     LATERAL "api"."find"("age" => u.c0, "mood" => u.c1) AS r
 *
 * Arguments are JSON that the database turns into values; or each is written as
 * its type is, and goes as $1::integer. What is not given is not named, so that
 * the function's own default counts.
 */
#ifndef DATABASE_POSTGRES_PG_FOREIGN_CALL_H
#define DATABASE_POSTGRES_PG_FOREIGN_CALL_H

#include "database/postgres/pg_sql.h"

/* As a query of its own. */
void pg_foreign_call_write(pg_sql *w, const function_call *call);

/* "api"."title"(ROW(t0."id", t0."name")::"api"."books"): a computed field. The
 * alias alone would be no row of the table's type where it stands for rows
 * that were written, or that a function returned. */
void pg_foreign_call_write_computed(pg_sql *w, const function *f, size_t alias);

#endif
