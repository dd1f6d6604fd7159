/*
 * pg_outcome.h: a table as the statement that writes it leaves it.
 *
 * All parts of a statement see the database as it was when it began. What a
 * write hands back may lead to the table that it writes (the parent of a new
 * task, which the same request makes), so there that table is put together of
 * the rows that were written and the others:
 *
 *     (SELECT "id", "title" FROM written UNION ALL SELECT o."id", o."title"
 *         FROM "Task" AS o WHERE (o."id") NOT IN (SELECT "id" FROM written))
 *
 * NOT IN is what PostgreSQL hashes once, however often the table is looked
 * into; identities are not null.
 *
 * A row is known by its identity: of a write that changes that, and of one to a
 * database that is served as it is found, related rows are as they were.
 */
#ifndef DATABASE_POSTGRES_PG_OUTCOME_H
#define DATABASE_POSTGRES_PG_OUTCOME_H

#include "database/mutation.h"
#include "database/postgres/pg_sql.h"

/* The name, in SQL, of the rows that the statement writes. It must be no
 * table's: unlike an alias it would hide one. */
#define PG_WRITTEN "\"rows written by tenon\""

/* From here on w writes the table of m like that, if it can. */
void pg_outcome_begin(pg_sql *w, const mutation *m);

/* What stands in FROM before an alias: the table, or how it is left. */
void pg_outcome_write_table(pg_sql *w, const model *m);

#endif
