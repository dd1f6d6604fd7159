#include "test/support/postgres_world.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/rand.h"
#include "test/support/test.h"

str postgres_world_url_of(arena *a, str url, str database) {
    str parameters = url;
    str address = str_split(&parameters, '?');
    while (!str_ends_with(address, STR("/")))
        address.len--;
    return arena_printf(a, "%.*s%.*s%s%.*s", STR_ARG(address),
                        STR_ARG(database), str_is_empty(parameters) ? "" : "?",
                        STR_ARG(parameters));
}

static void run_on_server(const postgres_world *w, str sql) {
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    expect_ok(pg_connection_open(w->a, w->server, &c));
    expect_ok(pg_connection_run(w->a, c, STR(""), sql));
}

postgres_world *postgres_world_open(arena *a) {
    const char *server = getenv("TENON_TEST_POSTGRES");
    if (server == NULL) {
        print_message("no server: run it with ./dev test, or with "
                      "tools/postgres run\n");
        skip();
    }
    rand_source random = rand_secure();
    postgres_world *w = arena_new_array(a, postgres_world, 1);
    w->a = a;
    w->server = str_of(server);
    w->name = arena_printf(a, "test_%016" PRIx64, rand_uint64(&random));
    w->url = postgres_world_url_of(a, w->server, w->name);
    run_on_server(w, arena_printf(a, "CREATE DATABASE %.*s", STR_ARG(w->name)));
    expect_ok(pg_connection_open(a, w->url, &w->connection));
    return w;
}

void postgres_world_close(postgres_world **world) {
    postgres_world *w = *world;
    if (w == NULL)
        return;
    pg_connection_close(&w->connection);
    run_on_server(w, arena_printf(w->a, "DROP DATABASE %.*s WITH (FORCE)",
                                  STR_ARG(w->name)));
}

void postgres_world_sql(const postgres_world *w, const char *sql) {
    expect_ok(pg_connection_run(w->a, w->connection, STR(""), str_of(sql)));
}

str postgres_world_ask(const postgres_world *w, const char *sql) {
    pg_rows rows;
    expect_ok(
        pg_connection_query(w->a, w->connection, str_of(sql), NULL, 0, &rows));
    assert_true(rows.row_count > 0);
    str cell = pg_rows_cell(&rows, 0, 0);
    return pg_is_null(cell) ? STR("(null)") : cell;
}
