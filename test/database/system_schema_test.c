/* Tenon's own tables, made, read and written on both engines. */
#include "database/system_schema.h"

#include "test/support/database_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

/* Its first model has as many columns as the first ones of the other. */
static const char SCHEMA[] = "model Place {\n"
                             "  consumer String @id\n"
                             "  sequence BigInt\n"
                             "  at       String\n"
                             "}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    if (*state != NULL)
        database_world_free(*state);
    return 0;
}

static const char *sql_of(const database_world *w, const char *lite,
                          const char *postgres) {
    return w->postgres != NULL ? postgres : lite;
}

static str count_tables(const database_world *w) {
    return database_world_ask(
        w, sql_of(w,
                  "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND"
                  " name IN ('tenon_job', 'tenon_schedule', 'tenon_token',"
                  " 'tenon_feed_position')",
                  "SELECT count(*) FROM pg_class c WHERE relnamespace ="
                  " to_regnamespace('tenon') AND relname IN ('job', 'schedule',"
                  " 'token', 'feed_position')"));
}

static void push_makes_them(void **state) {
    database_world *w = world_here(state);
    expect_str(count_tables(w), STR("4"));
    str report;
    database_world_close(w);
    expect_ok(database_world_push(w, &report));
    expect_str(report, STR("nothing to do: the database is what the schema"
                           " says\n"));
}

static void who_serves_makes_what_is_missing(void **state) {
    database_world *w = world_here(state);
    database_world_close(w);
    database_world_sql(
        w, sql_of(w, "DROP TABLE tenon_token", "DROP TABLE tenon.token"));
    database_world_sql(
        w, sql_of(w,
                  "DROP TABLE tenon_schedule; CREATE TABLE tenon_schedule"
                  " (name TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL,"
                  " payload TEXT NOT NULL, cron TEXT NOT NULL,"
                  " time_zone TEXT NOT NULL, next_at DATETIME NOT NULL,"
                  " updated_at DATETIME NOT NULL, later TEXT)",
                  "ALTER TABLE tenon.schedule DROP COLUMN last_at;"
                  "ALTER TABLE tenon.schedule ADD COLUMN later text"));
    database_world_sql(w, sql_of(w, "DROP INDEX tenon_job_finished_at_idx",
                                 "DROP INDEX tenon.job_finished_at_idx"));
    expect_ok(database_world_open(w));
    expect_str(count_tables(w), STR("4"));
    expect_str(
        database_world_ask(
            w, sql_of(w,
                      "SELECT count(*) FROM pragma_table_info("
                      "'tenon_schedule') WHERE name IN ('last_at', 'later')",
                      "SELECT count(*) FROM pg_attribute WHERE attname IN"
                      " ('last_at', 'later')"
                      " AND attrelid = 'tenon.schedule'::regclass")),
        STR("2"));
    expect_str(database_world_ask(
                   w, sql_of(w,
                             "SELECT count(*) FROM sqlite_schema"
                             " WHERE name = 'tenon_job_finished_at_idx'",
                             "SELECT count(*) FROM pg_class"
                             " WHERE relname = 'job_finished_at_idx'")),
               STR("1"));
}

typedef struct io {
    database_world *w;
    str rows;
    str others;
} io;

/* The log has an entry for the row of the application alone. */
static err *read_log(void *argument) {
    io *x = argument;
    query log = world_query(x->w, "tenon_audit_log", "model action");
    query events = world_query(x->w, "tenon_event", "sequence model");
    TRY(world_read(x->w, &log, &x->rows, NULL));
    return world_read(x->w, &events, &x->others, NULL);
}

static err *write_and_read(void *argument) {
    io *x = argument;
    database_world *w = x->w;
    const char *columns = "consumer sequence updated_at";
    value row[] = {value_text("a"), value_int(7),
                   value_text("2024-01-31T12:00:00.123+00:00")};
    value place[] = {value_text("a"), value_int(8), value_text("here")};
    value next[] = {value_int(9)};
    mutation m = world_insert(w, "tenon_feed_position", columns, row, 1);
    mutation other = world_insert(w, "Place", "consumer sequence at", place, 1);
    mutation change =
        world_update(w, "tenon_feed_position", "sequence", next, NULL);
    query q = world_query(w, "tenon_feed_position", columns);
    query of_app = world_query(w, "Place", "consumer sequence at");
    TRY(world_write(w, &m, NULL, NULL));
    TRY(world_write(w, &other, NULL, NULL));
    TRY(world_write(w, &change, NULL, NULL));
    TRY(world_read(w, &q, &x->rows, NULL));
    return world_read(w, &of_app, &x->others, NULL);
}

/* Trees of both have the same form, and do not share statements. */
static void trees_are_about_either_schema(void **state) {
    io x = {.w = world_here(state)};
    expect_ok(database_world_run(x.w, write_and_read, &x));
    expect_str(x.rows, STR("a|9|2024-01-31T12:00:00.123+00:00"));
    expect_str(x.others, STR("a|8|here"));
}

/* On PostgreSQL what nobody did is not recorded either. */
static void changes_of_them_are_not_recorded(void **state) {
    io x = {.w = world_here(state)};
    database_world_close(x.w);
    x.w->config.protection.has_guards = true;
    expect_ok(database_world_push(x.w, NULL));
    expect_ok(database_world_open(x.w));
    expect_ok(database_world_run(x.w, write_and_read, &x));
    expect_ok(database_world_run(x.w, read_log, &x));
    bool is_lite = x.w->postgres == NULL;
    expect_str(x.rows, is_lite ? STR("Place|create") : STR(""));
    expect_str(x.others, is_lite ? STR("1|Place") : STR(""));
}

static void each_has_what_the_rest_relies_on(void **state) {
    arena *a = *state;
    static const engine_kind ENGINES[] = {ENGINE_SQLITE, ENGINE_POSTGRESQL};
    for (size_t k = 0; k < LENGTH(ENGINES); k++) {
        engine_kind e = ENGINES[k];
        const schema *system = NULL;
        expect_ok(system_schema_load(a, NULL, e, &system));
        for (size_t i = 0; i < system->model_count; i++) {
            const model *m = &system->models[i];
            assert_true(m->is_system);
            assert_int_equal(m->index, i);
            str start = e == ENGINE_SQLITE ? STR("tenon_") : STR("");
            assert_true(str_starts_with(m->table, start));
            assert_true(structure_is_table_of_tool(arena_printf(
                a, "tenon_%.*s",
                STR_ARG(str_slice(m->table, start.len, m->table.len)))));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_has_what_the_rest_relies_on),
        WORLD_TESTS(push_makes_them, setup, teardown),
        WORLD_TESTS(who_serves_makes_what_is_missing, setup, teardown),
        WORLD_TESTS(trees_are_about_either_schema, setup, teardown),
        WORLD_TESTS(changes_of_them_are_not_recorded, setup, teardown),
    };
    return cmocka_run_group_tests_name("database/system_schema", tests, NULL,
                                       NULL);
}
