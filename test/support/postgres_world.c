#include "test/support/postgres_world.h"

#include <inttypes.h>
#include <stdio.h>
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

/* Making a database costs a tenth of a second, cleaning one a hundredth: the
 * tests of a program use one after the other. A test that failed keeps its. */
enum { MAX_DATABASES = 256 };
static struct pooled {
    char name[32];
    bool is_taken;
} pool[MAX_DATABASES];
static size_t pool_count;

static err *run_on_server(arena *a, const char *verb, const char *name,
                          const char *how) {
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    TRY(pg_connection_open(a, str_of(getenv("TENON_TEST_POSTGRES")), &c));
    return pg_connection_run(
        a, c, STR(""), arena_printf(a, "%s DATABASE %s %s", verb, name, how));
}

static void drop_all(void) {
    CLEANUP(arena_release) arena *a = arena_new();
    for (size_t i = 0; i < pool_count; i++)
        expect_ok(run_on_server(a, "DROP", pool[i].name, "WITH (FORCE)"));
}

static struct pooled *make_database(arena *a) {
    assert_true(pool_count < MAX_DATABASES);
    struct pooled *made = &pool[pool_count++];
    rand_source random = rand_secure();
    (void)snprintf(made->name, sizeof made->name, "test_%016" PRIx64,
                   rand_uint64(&random));
    expect_ok(run_on_server(a, "CREATE", made->name, ""));
    if (pool_count == 1) /* now, so that it runs before OpenSSL's */
        atexit(drop_all);
    return made;
}

/* To what a new database is. */
static const char CLEAN[] =
    "DO $$ DECLARE n name; BEGIN"
    " PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid();"
    " FOR n IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP"
    " EXECUTE format('DROP EXTENSION %I CASCADE', n); END LOOP;"
    " FOR n IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'"
    " AND nspname <> 'information_schema' LOOP"
    " EXECUTE format('DROP SCHEMA %I CASCADE', n); END LOOP;"
    " EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());"
    " CREATE SCHEMA public; END $$";

static struct pooled *find_free(void) {
    for (size_t i = 0; i < pool_count; i++)
        if (!pool[i].is_taken)
            return &pool[i];
    return NULL;
}

postgres_world *postgres_world_open(arena *a) {
    const char *server = getenv("TENON_TEST_POSTGRES");
    if (server == NULL) {
        print_message("no server: run it with ./dev test, or with "
                      "tools/postgres run\n");
        skip();
    }
    struct pooled *used = find_free();
    struct pooled *database = used != NULL ? used : make_database(a);
    database->is_taken = true;
    postgres_world *w = arena_new_array(a, postgres_world, 1);
    w->a = a;
    w->server = str_of(server);
    w->name = str_of(database->name);
    w->url = postgres_world_url_of(a, w->server, w->name);
    expect_ok(pg_connection_open(a, w->url, &w->connection));
    if (used != NULL)
        postgres_world_sql(w, CLEAN);
    return w;
}

void postgres_world_close(postgres_world **world) {
    postgres_world *w = *world;
    if (w == NULL)
        return;
    pg_connection_close(&w->connection);
    for (size_t i = 0; i < pool_count; i++)
        if (str_equal(str_of(pool[i].name), w->name))
            pool[i].is_taken = false;
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
