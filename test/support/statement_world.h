/*
 * statement_world.h: the tables of a schema on PostgreSQL, and statements of
 * trees run in them, without an engine.
 *
 *     CLEANUP(statement_world_close)
 *     statement_world *w = statement_world_open(a, "model T {...}\n");
 *     expect_str(statement_world_read(w, &q), STR("{\"id\":1};{\"id\":2}"));
 *
 * Without a server the test is skipped (postgres_world.h).
 */
#ifndef TEST_SUPPORT_STATEMENT_WORLD_H
#define TEST_SUPPORT_STATEMENT_WORLD_H

#include "database/mutation.h"
#include "test/support/database_world.h"
#include "test/support/postgres_world.h"

typedef struct statement_connection statement_connection;

typedef struct statement_world {
    arena *a;
    postgres_world *postgres;
    database_world trees; /* for world_query and its like; has no database */
    statement_connection *connection;
} statement_world;

statement_world *statement_world_open(arena *a, const char *schema_text);
/* Of a schema that is made already. */
statement_world *statement_world_open_schema(arena *a, const schema *s);
void statement_world_close(statement_world **w);

/* The rows as row_json writes them, with ; between them. */
err *statement_world_try_read(statement_world *w, const query *q, str *out);
str statement_world_read(statement_world *w, const query *q);

/* How it would be run, if reading a whole table had a price. */
str statement_world_plan(statement_world *w, const query *q);

/* The number that the count's statement gives. */
int64_t statement_world_count(statement_world *w, const query *q);

/* All parts of the mutation; the rows of the result as of a query. The judged
 * cells follow as an object of their own, and whether the row is new. */
err *statement_world_try_write(statement_world *w, const mutation *m, str *out);
str statement_world_write(statement_world *w, const mutation *m);

/* The text of the statement. */
str statement_world_select_sql(statement_world *w, const query *q);
str statement_world_change_sql(statement_world *w, const mutation *m);

/* Only prepares it. */
err *statement_world_prepare(statement_world *w, str sql);

/* ---- Trees of relations ------------------------------------------------- */

/* Along the relation field of that name. */
hop world_hop(const model *m, const char *relation_field);

/* The related rows with columns "a b c", as a cell named like the field. */
embed world_embed(const statement_world *w, const model *m,
                  const char *relation_field, const char *columns);

#endif
