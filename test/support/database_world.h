/*
 * database_world.h: a database in a folder of its own, for tests.
 *
 *     database_world *w = database_world_new("model T {\n  id Int @id\n}\n");
 *     expect_ok(database_world_run(w, body, argument));
 *     database_world_free(w);
 *
 * Assertions must not run in a fiber: bodies return errs and write down what
 * they saw.
 */
#ifndef TEST_SUPPORT_DATABASE_WORLD_H
#define TEST_SUPPORT_DATABASE_WORLD_H

#include <sqlite3.h>

#include "database/database.h"
#include "io/fiber.h"

typedef struct database_world {
    arena *a;
    str folder;
    str file;
    database_config config;
    const schema *schema;
    const schema *system; /* Tenon's own tables */
    loop *loop;
    database *database;
    database_session *session;
    struct postgres_world *postgres; /* or NULL: the file */
} database_world;

/* Loads the schema and makes the folder, nothing else. */
database_world *database_world_new(const char *schema_text);

/* The same for a database elsewhere, on the engine of the URL; the functions
 * with SQL are not for it. */
database_world *database_world_at(str url, const char *schema_text);

/* Another schema for the same database. */
void database_world_load(database_world *w, const char *schema_text);

/* Pushes, and what it says. */
err *database_world_push(database_world *w, str *report);

/* Opens the database and a session. */
err *database_world_open(database_world *w);

/* Pushes and opens; fails the test if that fails. */
void database_world_begin(const char *schema_text, database_world **out);

/* The same on either engine, for tests that say what both do. Without a server
 * *out is NULL. */
void database_world_begin_on(engine_kind engine, const char *schema_text,
                             database_world **out);

void database_world_close(database_world *w);

/* Closes what is open and removes the folder. */
void database_world_free(database_world *w);

/* Runs fn(argument) in a fiber until it and all that it started have ended. */
err *database_world_run(database_world *w, fiber_fn fn, void *argument);

/* A connection of the test's own to the file. */
sqlite3 *database_world_connect(const database_world *w);

/* Runs SQL beside the session; fails the test if that fails. */
void database_world_sql(const database_world *w, const char *sql);

/* The first column of the first row. */
str database_world_ask(const database_world *w, const char *sql);

/* ---- Tests on both engines ----------------------------------------------

 * Each is twice in the table, and begins with what its fixture made:
 *
 *     static void reads(void **state) {
 *         database_world *w = world_here(state);
 *
 *     const struct CMUnitTest tests[] = {
 *         WORLD_TESTS(reads, setup, teardown),
 *
 * where setup begins a world on world_engine(state). */
#define WORLD_TESTS(fn, setup, teardown)                                       \
    {#fn " on SQLite", fn, setup, teardown, NULL}, {                           \
#fn " on PostgreSQL", fn, setup, teardown, world_postgresql()          \
    }

void *world_postgresql(void);
engine_kind world_engine(void **state);

/* Skips the test without a server. */
database_world *world_here(void **state);

/* ---- Trees, for short --------------------------------------------------- */

/* Tables of Tenon's own are called tenon_job and so on, on both engines. */
const model *world_model(const database_world *w, const char *table);
const field *world_field(const database_world *w, const char *table,
                         const char *column);

value value_text(const char *text);
value value_int(int64_t n);
value value_bool(bool b);
value value_real(double n);
value value_null(void);
value value_default(void);

/* Does column op value. */
filter *world_compare(const database_world *w, const field *f, compare_op op,
                      value v);

/* A query of columns named "a b c". */
query world_query(const database_world *w, const char *table,
                  const char *columns);

/* An insert into the columns "a b c". */
mutation world_insert(const database_world *w, const char *table,
                      const char *columns, const value *values,
                      size_t row_count);
mutation world_update(const database_world *w, const char *table,
                      const char *columns, const value *values,
                      const filter *where);
mutation world_delete(const database_world *w, const char *table,
                      const filter *where);
void world_return(const database_world *w, mutation *m, const char *columns);

/* In a fiber: all rows as text, "1|a|null;2|b|t". */
err *world_read(database_world *w, const query *q, str *out, int64_t *total);

/* Such text without the blanks that JSON may have between its parts. */
str world_compact(const database_world *w, str rows);

/* In a fiber, with the result's rows as text, or NULL. */
err *world_write(database_world *w, const mutation *m, str *rows,
                 mutation_result *result);

#endif
