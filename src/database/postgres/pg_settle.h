/*
 * pg_settle.h: asks the server whether two defaults that are spelt differently
 * are the same.
 *
 *     dbgenerated("interval '1 hour'")       in the schema file
 *     '01:00:00'::interval                   in the catalog
 *
 * structure_spelling.h knows the common spellings. For the rest the server is
 * the judge: what it makes of the schema's default, in a table that is never
 * there for anybody else, is what it would give back.
 */
#ifndef DATABASE_POSTGRES_PG_SETTLE_H
#define DATABASE_POSTGRES_PG_SETTLE_H

#include "database/postgres/pg_connection.h"
#include "database/structure.h"

/* *out is want, or a copy of it in which defaults that have's server takes for
 * those of have are spelt as in have. Of tables and columns of the same names.
 * The copy borrows from both.
 *
 * Takes a transaction that is rolled back, or a part of the caller's. A default
 * that the server refuses stays as it is. Blocks. */
fallible pg_settle_defaults(arena *a, pg_connection *c, const structure *have,
                            const structure *want, const structure **out);

#endif
