/*
 * postgres_world.h: a PostgreSQL database of its own, for tests.
 *
 *     CLEANUP(postgres_world_close)
 *     postgres_world *w = postgres_world_open(a);
 *     postgres_world_sql(w, "CREATE TABLE t (id int)");
 *
 * It is made in the server that TENON_TEST_POSTGRES names: ./dev test starts
 * one, `tools/postgres run -- ctest ...` too. Without it the test is skipped.
 */
#ifndef TEST_SUPPORT_POSTGRES_WORLD_H
#define TEST_SUPPORT_POSTGRES_WORLD_H

#include "database/postgres/pg_connection.h"

typedef struct postgres_world {
    arena *a;
    str server; /* the URL of the server's own database */
    str name;
    str url;
    pg_connection *connection; /* to the new database */
} postgres_world;

/* An empty database; as many at once as a test needs. */
postgres_world *postgres_world_open(arena *a);

/* For CLEANUP; NULL inside is fine. */
void postgres_world_close(postgres_world **w);

/* Runs SQL; fails the test if that fails. */
void postgres_world_sql(const postgres_world *w, const char *sql);

/* The first column of the first row, NULL as "(null)". */
str postgres_world_ask(const postgres_world *w, const char *sql);

/* The same URL with another database. */
str postgres_world_url_of(arena *a, str url, str database);

#endif
