/* Serving from PostgreSQL: what fibers see of connections that they share. What
 * statements mean is in pg_select_test.c and pg_change_test.c. */
#include "database/database.h"

#include "test/support/database_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Task {\n"
                             "  id     Int    @id\n"
                             "  title  String @unique\n"
                             "  points Int?\n"
                             "}\n"
                             "view Large {\n"
                             "  id   Int    @id\n"
                             "  text String\n"
                             "}\n"
                             "view Slow {\n"
                             "  id Int @id\n"
                             "}\n"
                             "view Weary {\n"
                             "  id Int @id\n"
                             "}\n";

/* Reading a row of Slow takes its id in tenths of a second. */
static const char ROWS[] =
    "CREATE SCHEMA side; CREATE TABLE side.naps (id int);"
    "INSERT INTO side.naps SELECT i FROM generate_series(0, 100) AS i;"
    "CREATE FUNCTION nap(i int) RETURNS boolean LANGUAGE plpgsql COST 10000 AS"
    " 'BEGIN PERFORM pg_sleep(i / 10.0); RETURN true; END';"
    "CREATE VIEW \"Slow\" AS SELECT id FROM side.naps WHERE nap(id);"
    "GRANT SELECT ON \"Slow\" TO PUBLIC;"
    "CREATE FUNCTION tire() RETURNS integer LANGUAGE plpgsql AS"
    " 'BEGIN PERFORM pg_sleep(0.02); RETURN 1; END';"
    "CREATE VIEW \"Weary\" AS SELECT tire() AS id;"
    "GRANT SELECT ON \"Weary\" TO PUBLIC;"
    "CREATE VIEW \"Large\" AS SELECT i AS id, repeat('x', 1000000) AS text"
    " FROM generate_series(1, 200) AS i;"
    "INSERT INTO \"Task\" SELECT i, 'task ' || i, i % 3"
    " FROM generate_series(1, 100) AS i";

typedef struct scene {
    arena *a;
    postgres_world *pg;
    database_world *w;
} scene;

static scene scene_open(arena *a, int64_t timeout_ms) {
    scene s = {.a = a, .pg = postgres_world_open(a)};
    s.w = database_world_at(s.pg->url, SCHEMA);
    s.w->config.statement_timeout_ms = timeout_ms;
    expect_ok(database_world_push(s.w, NULL));
    postgres_world_sql(s.pg, ROWS);
    str counts =
        arena_printf(a, "ALTER DATABASE \"%.*s\" SET track_functions = 'all'",
                     STR_ARG(s.pg->name));
    postgres_world_sql(s.pg, arena_cstr(a, counts));
    expect_ok(database_world_open(s.w));
    return s;
}

static void scene_close(scene *s) {
    database_world_free(s->w);
    postgres_world_close(&s->pg);
}

/* ---- Fibers ------------------------------------------------------------- */

enum { MAX_ACTS = 256 };

/* A read of one task, or of one row of Slow. */
typedef struct act {
    scene *scene;
    const char *table;
    int64_t id;
    bool is_broken; /* a filter that the server refuses */
    bool is_quick;
    str got;
    err *failure;
    int64_t began_ms;
    int64_t ended_ms;
} act;

static err *perform(void *argument) {
    act *x = argument;
    database_world *w = x->scene->w;
    query q = world_query(w, x->table, "id");
    filter broken = {.kind = FILTER_MATCH,
                     .field = world_field(w, "Task", "title"),
                     .value = value_text("(")};
    q.where = x->is_broken ? &broken
                           : world_compare(w, world_field(w, x->table, "id"),
                                           COMPARE_EQ, value_int(x->id));
    q.finds_one = x->is_quick;
    x->began_ms = loop_now(w->loop);
    x->failure = world_read(w, &q, &x->got, NULL);
    x->ended_ms = loop_now(w->loop);
    return NULL;
}

typedef struct acts {
    act items[MAX_ACTS];
    size_t count;
    database_world *w;
} acts;

static void add(acts *all, scene *s, const char *table, int64_t id) {
    all->items[all->count++] = (act){.scene = s, .table = table, .id = id};
    all->w = s->w;
}

static err *perform_all(void *argument) {
    acts *all = argument;
    fiber_group group = {.loop = all->w->loop};
    for (size_t i = 0; i < all->count; i++)
        TRY(fiber_start(all->w->a, &group, perform, &all->items[i]));
    return fiber_group_join(&group);
}

static void run_all(acts *all) {
    expect_ok(database_world_run(all->w, perform_all, all));
}

static void expect_all(acts *all) {
    for (size_t i = 0; i < all->count; i++) {
        act *x = &all->items[i];
        if (x->is_broken)
            continue;
        expect_ok(x->failure);
        expect_str(x->got, arena_printf(all->w->a, "%d", (int)x->id));
    }
}

/* ---- Reads -------------------------------------------------------------- */

static void reads_of_many_share_two_connections(void **state) {
    scene s = scene_open(*state, 10000);
    acts all = {0};
    for (int i = 0; i < 200; i++)
        add(&all, &s, "Task", i % 100 + 1);
    run_all(&all);
    expect_all(&all);
    run_all(&all);
    expect_all(&all);
    expect_str(postgres_world_ask(s.pg,
                                  "SELECT count(*) <= 2 FROM pg_stat_activity"
                                  " WHERE datname = current_database()"
                                  " AND pid <> pg_backend_pid()"),
               STR("t"));
    scene_close(&s);
}

static void an_error_of_one_read_hurts_no_other(void **state) {
    scene s = scene_open(*state, 10000);
    acts all = {0};
    for (int i = 0; i < 60; i++) {
        add(&all, &s, "Task", i % 100 + 1);
        all.items[i].is_broken = i % 7 == 3;
    }
    run_all(&all);
    expect_all(&all);
    expect_err(all.items[3].failure, ERR_VALUE_SYNTAX,
               STR("invalid regular expression: parentheses () not balanced"));
    expect_str(all.items[3].failure->foreign_code, STR("2201B"));
    scene_close(&s);
}

static void a_slow_read_holds_up_nobody(void **state) {
    scene s = scene_open(*state, 20000);
    acts all = {0};
    add(&all, &s, "Slow", 7);
    for (int i = 0; i < 50; i++)
        add(&all, &s, "Task", i + 1);
    run_all(&all);
    run_all(&all); /* now all connections are there */
    expect_all(&all);
    for (size_t i = 1; i < all.count; i++)
        assert_true(all.items[i].ended_ms + 200 < all.items[0].ended_ms);
    scene_close(&s);
}

static void quick_reads_wait_for_no_long_ones(void **state) {
    scene s = scene_open(*state, 10000);
    database_world_close(s.w);
    s.w->config.read_connections = 4;
    expect_ok(database_world_open(s.w));
    acts all = {0};
    for (int i = 0; i < 6; i++)
        add(&all, &s, "Slow", 7);
    for (int i = 0; i < 50; i++) {
        add(&all, &s, "Task", i + 1);
        all.items[all.count - 1].is_quick = true;
    }
    run_all(&all);
    run_all(&all); /* now all connections are there */
    expect_all(&all);
    for (size_t i = 6; i < all.count; i++)
        assert_true(all.items[i].ended_ms + 200 < all.items[0].ended_ms);
    scene_close(&s);
}

static void long_reads_make_way_for_those_that_wait(void **state) {
    scene s = scene_open(*state, 4000);
    database_world_close(s.w);
    s.w->config.read_connections = 2;
    expect_ok(database_world_open(s.w));
    acts all = {0};
    for (int i = 0; i < 2; i++)
        add(&all, &s, "Slow", 35);
    for (int i = 0; i < 5; i++)
        add(&all, &s, "Task", i + 1);
    run_all(&all);
    for (size_t i = 0; i < 2; i++)
        all.items[i].is_broken = true; /* or in time, as it comes */
    expect_all(&all);
    for (size_t i = 2; i < all.count; i++)
        assert_true(all.items[i].ended_ms - all.items[i].began_ms < 6000);
    scene_close(&s);
}

/* Every connection is slow, so that none is better than another. Functions are
 * counted when a connection ends. */
static void a_server_with_too_much_to_do_is_not_given_ever_more(void **state) {
    scene s = scene_open(*state, 20000);
    acts all = {0};
    for (int i = 0; i < MAX_ACTS; i++)
        add(&all, &s, "Weary", 1);
    run_all(&all);
    expect_all(&all);
    database_world_free(s.w);
    const char *count = "SELECT sum(calls) FROM pg_stat_user_functions"
                        " WHERE funcname = 'tire'";
    str calls = postgres_world_ask(s.pg, count);
    while (str_equal(calls, STR("(null)")))
        calls = postgres_world_ask(s.pg, count);
    int64_t number = 0;
    assert_true(str_parse_int64(calls, &number));
    assert_true(number < 3 * MAX_ACTS);
    postgres_world_close(&s.pg);
}

static void a_read_ends_at_the_statement_time_limit(void **state) {
    scene s = scene_open(*state, 300);
    acts all = {0};
    add(&all, &s, "Slow", 50);
    add(&all, &s, "Task", 5);
    run_all(&all);
    expect_err(all.items[0].failure, ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    all.items[0] = all.items[1];
    all.count = 1;
    run_all(&all);
    expect_all(&all);
    scene_close(&s);
}

typedef struct counting {
    scene *scene;
    str rows;
    int64_t total;
} counting;

static err *count_some(void *argument) {
    counting *c = argument;
    query q = world_query(c->scene->w, "Task", "id");
    query_order order = {.field = q.columns[0].field};
    q.order = &order;
    q.order_count = 1;
    q.limit = 2;
    q.wants_total = true;
    return world_read(c->scene->w, &q, &c->rows, &c->total);
}

static void rows_come_with_their_total(void **state) {
    scene s = scene_open(*state, 10000);
    counting c = {.scene = &s};
    for (int i = 0; i < 3; i++) {
        expect_ok(database_world_run(s.w, count_some, &c));
        expect_str(c.rows, STR("1;2"));
        assert_int_equal(c.total, 100);
    }
    scene_close(&s);
}

typedef struct large {
    scene *scene;
    int64_t rows;
    str got;
} large;

static err *read_large(void *argument) {
    large *x = argument;
    query q = world_query(x->scene->w, "Large", "id text");
    q.limit = x->rows;
    return world_read(x->scene->w, &q, &x->got, NULL);
}

static void a_result_that_is_too_large_is_refused(void **state) {
    scene s = scene_open(*state, 20000);
    large x = {.scene = &s, .rows = 10};
    expect_ok(database_world_run(s.w, read_large, &x));
    assert_true(x.got.len > 10 * 1000 * 1000);
    x.rows = 200;
    expect_err(database_world_run(s.w, read_large, &x), ERR_TOO_LARGE,
               STR("the result is too large"));
    acts all = {0};
    add(&all, &s, "Task", 1);
    run_all(&all);
    expect_all(&all);
    scene_close(&s);
}

/* ---- Cancelling --------------------------------------------------------- */

static err *cancel_after_a_while(void *argument) {
    acts *all = argument;
    fiber_group group = {.loop = all->w->loop};
    TRY(fiber_start(all->w->a, &group, perform, &all->items[0]));
    err *e = fiber_park(all->w->a, deadline_in(all->w->loop, 150));
    (void)e;
    fiber_group_cancel(&group);
    TRY(fiber_group_join(&group));
    /* For the request to reach the server. */
    e = fiber_park(all->w->a, deadline_in(all->w->loop, 400));
    (void)e;
    return NULL;
}

/* With a connection that has read from the table before. */
static void expect_hang_up_to_end(arena *a, const char *table, int64_t id) {
    scene s = scene_open(a, 20000);
    acts all = {0};
    add(&all, &s, table, id);
    run_all(&all);
    all.count = 0;
    add(&all, &s, "Slow", 90);
    expect_ok(database_world_run(s.w, cancel_after_a_while, &all));
    expect_err(all.items[0].failure, ERR_CANCELLED,
               STR("cancelled while waiting"));
    expect_str(postgres_world_ask(
                   s.pg, "SELECT count(*) FROM pg_stat_activity WHERE state ="
                         " 'active' AND datname = current_database()"
                         " AND pid <> pg_backend_pid()"),
               STR("0"));
    all.count = 0;
    for (int i = 0; i < 20; i++)
        add(&all, &s, "Task", i + 1);
    run_all(&all);
    expect_all(&all);
    scene_close(&s);
}

static void who_hangs_up_ends_the_statement(void **state) {
    expect_hang_up_to_end(*state, "Slow", 0);
}

static void who_hangs_up_ends_a_statement_that_is_new(void **state) {
    expect_hang_up_to_end(*state, "Task", 1);
}

/* ---- Lost connections --------------------------------------------------- */

static const char TERMINATE[] =
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()";

static void a_lost_connection_is_replaced(void **state) {
    scene s = scene_open(*state, 10000);
    acts all = {0};
    for (int i = 0; i < 10; i++)
        add(&all, &s, "Task", i + 1);
    for (int i = 0; i < 3; i++) {
        run_all(&all);
        expect_all(&all);
        (void)postgres_world_ask(s.pg, TERMINATE);
    }
    scene_close(&s);
}

static err *terminate_meanwhile(void *argument) {
    acts *all = argument;
    scene *s = all->items[0].scene;
    fiber_group group = {.loop = all->w->loop};
    for (size_t i = 0; i < all->count; i++)
        TRY(fiber_start(all->w->a, &group, perform, &all->items[i]));
    err *e = fiber_park(all->w->a, deadline_in(all->w->loop, 150));
    (void)e;
    pg_rows rows;
    TRY(pg_connection_query(s->a, s->pg->connection, str_of(TERMINATE), NULL, 0,
                            &rows));
    return fiber_group_join(&group);
}

static void a_read_under_way_survives_its_connection(void **state) {
    scene s = scene_open(*state, 10000);
    acts first = {0};
    acts all = {0};
    /* There is a connection, so it is no login that is broken off. */
    add(&first, &s, "Task", 1);
    run_all(&first);
    expect_all(&first);
    add(&all, &s, "Slow", 5);
    expect_ok(database_world_run(s.w, terminate_meanwhile, &all));
    expect_all(&all);
    scene_close(&s);
}

/* ---- Statements --------------------------------------------------------- */

static void a_changed_table_is_prepared_for_anew(void **state) {
    scene s = scene_open(*state, 10000);
    acts all = {0};
    for (int i = 0; i < 10; i++)
        add(&all, &s, "Task", i + 1);
    run_all(&all);
    postgres_world_sql(s.pg,
                       "ALTER TABLE \"Task\" ALTER COLUMN id TYPE bigint");
    run_all(&all);
    expect_all(&all);
    scene_close(&s);
}

/* Makes a session lose its statements, as DISCARD ALL does. */
static const char FORGETFUL[] =
    "CREATE FUNCTION forget() RETURNS boolean LANGUAGE plpgsql AS"
    " 'BEGIN DEALLOCATE ALL; RETURN true; END';"
    "CREATE FUNCTION forget_too() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN DEALLOCATE ALL; RETURN NEW; END';"
    "CREATE OR REPLACE VIEW \"Slow\" AS SELECT id FROM side.naps WHERE "
    "forget();"
    "CREATE TRIGGER forget BEFORE INSERT ON \"Task\" FOR EACH ROW"
    " WHEN (NEW.title = 'forget') EXECUTE FUNCTION forget_too()";

static err *count_tasks(void *argument) {
    scene *s = argument;
    str got;
    int64_t total = 0;
    query q = world_query(s->w, "Task", "id");
    q.limit = 1;
    q.wants_total = true;
    TRY(world_read(s->w, &q, &got, &total));
    assert_int_equal(total, 100);
    return NULL;
}

static void a_session_that_lost_its_statements_is_replaced(void **state) {
    scene s = scene_open(*state, 10000);
    postgres_world_sql(s.pg, FORGETFUL);
    acts all = {0};
    add(&all, &s, "Slow", 1);
    for (int i = 0; i < 5; i++) {
        expect_ok(database_world_run(s.w, count_tasks, &s));
        run_all(&all);
        expect_all(&all);
    }
    expect_ok(database_world_run(s.w, count_tasks, &s));
    scene_close(&s);
}

static str name_connections(scene *s) {
    return postgres_world_ask(s->pg,
                              "SELECT string_agg(pid::text, ' ' ORDER BY pid)"
                              " FROM pg_stat_activity, pg_sleep(0.2)"
                              " WHERE datname = current_database()"
                              " AND pid <> pg_backend_pid()");
}

/* Some count on a preparation that one of them has begun. */
static void a_statement_that_is_refused_costs_no_connection(void **state) {
    scene s = scene_open(*state, 10000);
    acts first = {0};
    acts all = {0};
    for (int i = 0; i < 50; i++)
        add(&first, &s, "Task", i + 1);
    run_all(&first);
    str connections = name_connections(&s);
    postgres_world_sql(s.pg, "DROP VIEW \"Large\"");
    for (int i = 0; i < 30; i++)
        add(&all, &s, "Large", i + 1);
    run_all(&all);
    for (size_t i = 0; i < all.count; i++)
        expect_str(all.items[i].failure->foreign_code, STR("42P01"));
    /* There may be more of them. */
    assert_non_null(strstr(arena_cstr(s.a, name_connections(&s)),
                           arena_cstr(s.a, connections)));
    scene_close(&s);
}

static err *read_in_many_shapes(void *argument) {
    scene *s = argument;
    query q = world_query(s->w, "Task", "id");
    for (size_t n = 0; n < 600; n++) {
        /* Which of nine comparisons are there, as bits. */
        const filter *children[10];
        filter all = {.kind = FILTER_ALL, .children = children};
        for (size_t bit = 0; bit < 10; bit++)
            children[bit] = world_compare(
                s->w, q.columns[0].field,
                (n >> bit & 1) != 0 ? COMPARE_GTE : COMPARE_GT, value_int(0));
        all.child_count = 10;
        q.where = &all;
        q.limit = 1;
        str got;
        TRY(world_read(s->w, &q, &got, NULL));
    }
    return NULL;
}

static void more_shapes_than_are_kept_are_served(void **state) {
    scene s = scene_open(*state, 10000);
    expect_ok(database_world_run(s.w, read_in_many_shapes, &s));
    expect_ok(database_world_run(s.w, read_in_many_shapes, &s));
    scene_close(&s);
}

/* ---- Writes ------------------------------------------------------------- */

typedef struct write {
    scene *scene;
    mutation m;
    str rows;
    mutation_result result;
} write;

static err *write_it(void *argument) {
    write *x = argument;
    return world_write(x->scene->w, &x->m, &x->rows, &x->result);
}

static err *do_write(scene *s, mutation m, write *out) {
    *out = (write){.scene = s, .m = m};
    return database_world_run(s->w, write_it, out);
}

static void writes_are_committed_and_handed_back(void **state) {
    scene s = scene_open(*state, 10000);
    write x;
    const value rows[] = {value_int(101), value_text("a"), value_null(),
                          value_int(102), value_text("b"), value_int(7)};
    mutation m = world_insert(s.w, "Task", "id title points", rows, 2);
    world_return(s.w, &m, "title points");
    expect_ok(do_write(&s, m, &x));
    expect_str(x.rows, STR("a|null;b|7"));
    assert_int_equal(x.result.affected, 2);
    assert_int_equal(x.result.inserted, 2);
    expect_err(do_write(&s, m, &x), ERR_UNIQUE_VIOLATION,
               STR("duplicate key value violates unique constraint"
                   " \"Task_pkey\""));
    expect_str(x.rows, STR(""));
    expect_str(postgres_world_ask(s.pg, "SELECT count(*) FROM \"Task\""),
               STR("102"));
    scene_close(&s);
}

static err *refuse_large(const void *context, arena *a, size_t row,
                         const value *cells) {
    (void)context;
    return cells[0].integer < 10
               ? NULL
               : err_new(a, ERR_CHECK_VIOLATION, "row %zu is too large", row);
}

static void a_write_survives_the_loss_of_its_statements(void **state) {
    scene s = scene_open(*state, 10000);
    postgres_world_sql(s.pg, FORGETFUL);
    write x;
    const value rows[] = {value_int(101), value_text("forget"), value_null()};
    const value more[] = {value_int(102), value_text("more"), value_null()};
    mutation m = world_insert(s.w, "Task", "id title points", rows, 1);
    expect_ok(do_write(&s, m, &x));
    m = world_insert(s.w, "Task", "id title points", more, 1);
    expect_ok(do_write(&s, m, &x));
    expect_str(postgres_world_ask(s.pg, "SELECT count(*) FROM \"Task\""),
               STR("102"));
    scene_close(&s);
}

static void what_the_judge_refuses_is_not_written(void **state) {
    scene s = scene_open(*state, 10000);
    write x;
    query_column points = query_column_of(world_field(s.w, "Task", "points"));
    const value rows[] = {value_int(101), value_text("a"), value_int(1),
                          value_int(102), value_text("b"), value_int(70)};
    mutation m = world_insert(s.w, "Task", "id title points", rows, 2);
    m.judge = refuse_large;
    m.judged = &points;
    m.judged_count = 1;
    expect_err(do_write(&s, m, &x), ERR_CHECK_VIOLATION,
               STR("row 1 is too large"));
    m.row_count = 1;
    expect_ok(do_write(&s, m, &x));
    expect_str(postgres_world_ask(s.pg, "SELECT string_agg(title, ' ')"
                                        " FROM \"Task\" WHERE id > 100"),
               STR("a"));
    scene_close(&s);
}

static void a_write_of_too_many_rows_is_undone(void **state) {
    scene s = scene_open(*state, 10000);
    write x;
    mutation m = world_delete(s.w, "Task", NULL);
    m.max_rows = 3;
    expect_err(do_write(&s, m, &x), ERR_MAX_AFFECTED,
               STR("Query result exceeds max-affected preference constraint"));
    m.max_rows = MUTATION_ANY_COUNT;
    m.is_rolled_back = true;
    expect_ok(do_write(&s, m, &x));
    assert_int_equal(x.result.affected, 100);
    expect_str(postgres_world_ask(s.pg, "SELECT count(*) FROM \"Task\""),
               STR("100"));
    scene_close(&s);
}

static void a_constraint_checked_at_commit_is_an_error(void **state) {
    scene s = scene_open(*state, 10000);
    write x;
    postgres_world_sql(
        s.pg, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
              " $$BEGIN RAISE unique_violation USING MESSAGE = 'late'; END$$;"
              "CREATE CONSTRAINT TRIGGER late AFTER DELETE ON \"Task\""
              " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
              " EXECUTE FUNCTION refuse()");
    mutation m = world_delete(s.w, "Task", NULL);
    expect_err(do_write(&s, m, &x), ERR_UNIQUE_VIOLATION, STR("late"));
    m.max_rows = 1000;
    expect_err(do_write(&s, m, &x), ERR_UNIQUE_VIOLATION, STR("late"));
    const value row[] = {value_int(101), value_text("a")};
    expect_ok(do_write(&s, world_insert(s.w, "Task", "id title", row, 1), &x));
    expect_str(postgres_world_ask(s.pg, "SELECT count(*) FROM \"Task\""),
               STR("101"));
    scene_close(&s);
}

static void a_write_finds_another_connection_after_a_restart(void **state) {
    scene s = scene_open(*state, 10000);
    write x;
    for (int i = 0; i < 3; i++) {
        const value row[] = {value_int(101 + i), value_text(i == 0   ? "a"
                                                            : i == 1 ? "b"
                                                                     : "c")};
        mutation m = world_insert(s.w, "Task", "id title", row, 1);
        expect_ok(do_write(&s, m, &x));
        (void)postgres_world_ask(s.pg, TERMINATE);
    }
    scene_close(&s);
}

/* ---- Several ------------------------------------------------------------ */

typedef struct several {
    scene *scene;
    mutation first;
    mutation second;
    size_t failed_at;
    mutation_result results[2];
} several;

static err *write_both(void *argument) {
    several *x = argument;
    const mutation *const all[] = {&x->first, &x->second};
    return database_mutate_all(x->scene->w->session, x->scene->w->a, all, 2,
                               x->results, &x->failed_at);
}

static void several_are_one_transaction(void **state) {
    scene s = scene_open(*state, 10000);
    const value row[] = {value_int(101), value_text("a")};
    const value taken[] = {value_int(102), value_text("task 1")};
    several x = {.scene = &s,
                 .first = world_insert(s.w, "Task", "id title", row, 1),
                 .second = world_insert(s.w, "Task", "id title", taken, 1)};
    err *e = database_world_run(s.w, write_both, &x);
    expect_err(e, ERR_UNIQUE_VIOLATION,
               STR("duplicate key value violates unique constraint"
                   " \"Task_title_key\""));
    assert_int_equal(x.failed_at, 1);
    expect_str(postgres_world_ask(s.pg, "SELECT count(*) FROM \"Task\""),
               STR("100"));
    x.second = world_delete(s.w, "Task", NULL);
    expect_ok(database_world_run(s.w, write_both, &x));
    assert_int_equal(x.results[1].affected, 101);
    scene_close(&s);
}

typedef struct pair {
    several items[2];
    database_world *w;
} pair;

static err *write_both_ignoring(void *argument) {
    return write_both(argument);
}

static err *write_pair(void *argument) {
    pair *p = argument;
    fiber_group group = {.loop = p->w->loop};
    for (int i = 0; i < 2; i++)
        TRY(fiber_start(p->w->a, &group, write_both_ignoring, &p->items[i]));
    return fiber_group_join(&group);
}

static mutation set_points(const scene *s, int64_t id, const value *points) {
    return world_update(s->w, "Task", "points", points,
                        world_compare(s->w, world_field(s->w, "Task", "id"),
                                      COMPARE_EQ, value_int(id)));
}

static void a_deadlock_is_tried_again(void **state) {
    scene s = scene_open(*state, 10000);
    postgres_world_sql(
        s.pg, "CREATE SEQUENCE side.n;"
              "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS"
              " $$BEGIN PERFORM nextval('side.n'), pg_sleep(0.2);"
              " RETURN NEW; END$$;"
              "CREATE TRIGGER nap BEFORE UPDATE ON \"Task\" FOR EACH ROW"
              " EXECUTE FUNCTION nap();"
              "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET"
              " deadlock_timeout = %L', current_database(), '100ms'); END$$");
    value points = value_int(5);
    pair p = {.w = s.w};
    for (int i = 0; i < 2; i++) {
        p.items[i] = (several){.scene = &s,
                               .first = set_points(&s, 1 + i, &points),
                               .second = set_points(&s, 2 - i, &points)};
    }
    /* The first find one connection and have another one made. */
    for (int i = 0; i < 4; i++)
        expect_ok(database_world_run(s.w, write_pair, &p));
    /* A sequence counts also what is undone. */
    expect_str(postgres_world_ask(s.pg, "SELECT last_value > 16 FROM side.n"),
               STR("t"));
    scene_close(&s);
}

/* The trigger refuses as often as the sequence, which is not undone, says. */
static void a_serialization_failure_is_tried_again(void **state) {
    scene s = scene_open(*state, 10000);
    postgres_world_sql(
        s.pg, "CREATE SEQUENCE side.n;"
              "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
              " $$BEGIN IF nextval('side.n') % NEW.points <> 0 THEN"
              " RAISE EXCEPTION 'somebody was faster' USING ERRCODE = '40001';"
              " END IF; RETURN NEW; END$$;"
              "CREATE TRIGGER refuse BEFORE UPDATE ON \"Task\" FOR EACH ROW"
              " EXECUTE FUNCTION refuse();");
    write x;
    value points = value_int(3);
    for (int i = 0; i < 3; i++)
        expect_ok(do_write(&s, set_points(&s, 1, &points), &x));
    expect_str(postgres_world_ask(s.pg, "SELECT last_value FROM side.n"),
               STR("9"));
    points = value_int(1000);
    expect_err(do_write(&s, set_points(&s, 1, &points), &x), ERR_CONFLICT,
               STR("somebody was faster"));
    expect_str(
        postgres_world_ask(s.pg, "SELECT points FROM \"Task\" WHERE id = 1"),
        STR("3"));
    scene_close(&s);
}

static void a_write_ends_at_the_statement_time_limit(void **state) {
    scene s = scene_open(*state, 1000);
    write x;
    value points = value_int(9);
    postgres_world_sql(s.pg, "BEGIN; UPDATE \"Task\" SET points = 8"
                             " WHERE id = 1");
    expect_err(do_write(&s, set_points(&s, 1, &points), &x), ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    postgres_world_sql(s.pg, "COMMIT");
    expect_ok(do_write(&s, set_points(&s, 2, &points), &x));
    expect_str(postgres_world_ask(s.pg,
                                  "SELECT string_agg(points::text, ',' ORDER BY"
                                  " id) FROM \"Task\" WHERE id IN (1, 2)"),
               STR("8,9"));
    scene_close(&s);
}

/* ---- A database that is not there --------------------------------------- */

static err *check(void *argument) {
    scene *s = argument;
    return database_check(s->w->session, s->w->a);
}

static void it_serves_as_soon_as_the_database_is_there(void **state) {
    scene s = scene_open(*state, 10000);
    err *e = database_world_run(s.w, check, &s);
    /* On a busy machine a login takes longer than a check waits for it. */
    for (int i = 0; e != NULL && e->code == ERR_TIMEOUT && i < 20; i++)
        e = database_world_run(s.w, check, &s);
    expect_ok(e);
    database_world_close(s.w);
    s.w->config.url = STR("postgresql://nobody:x@127.0.0.1:1/app");
    expect_ok(database_world_open(s.w));
    expect_err(database_world_run(s.w, check, &s), ERR_UNAVAILABLE,
               STR("Database connection error. Retrying the connection."));
    acts all = {0};
    add(&all, &s, "Task", 1);
    run_all(&all);
    expect_err(all.items[0].failure, ERR_UNAVAILABLE,
               STR("Database connection error. Retrying the connection."));
    scene_close(&s);
}

static void it_serves_no_database_but_the_schemas(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close) postgres_world *pg = postgres_world_open(a);
    database_world *w = database_world_at(pg->url, SCHEMA);
    err *e = database_world_open(w);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_CONFLICT);
    expect_str(e->hint, STR("'tenon push' makes a database equal to the"
                            " schema"));
    expect_ok(database_world_push(w, NULL));
    postgres_world_sql(pg, "ALTER TABLE \"Task\" DROP COLUMN points");
    expect_err(database_world_open(w), ERR_CONFLICT,
               STR("the database is not what the schema says, it would take:"
                   " add column \"points\" to \"Task\""));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_of_many_share_two_connections),
        TEST(an_error_of_one_read_hurts_no_other),
        TEST(a_slow_read_holds_up_nobody),
        TEST(quick_reads_wait_for_no_long_ones),
        TEST(long_reads_make_way_for_those_that_wait),
        TEST(a_server_with_too_much_to_do_is_not_given_ever_more),
        TEST(a_read_ends_at_the_statement_time_limit),
        TEST(rows_come_with_their_total),
        TEST(a_result_that_is_too_large_is_refused),
        TEST(who_hangs_up_ends_the_statement),
        TEST(who_hangs_up_ends_a_statement_that_is_new),
        TEST(a_lost_connection_is_replaced),
        TEST(a_read_under_way_survives_its_connection),
        TEST(a_changed_table_is_prepared_for_anew),
        TEST(a_session_that_lost_its_statements_is_replaced),
        TEST(a_statement_that_is_refused_costs_no_connection),
        TEST(more_shapes_than_are_kept_are_served),
        TEST(writes_are_committed_and_handed_back),
        TEST(a_write_survives_the_loss_of_its_statements),
        TEST(what_the_judge_refuses_is_not_written),
        TEST(a_write_of_too_many_rows_is_undone),
        TEST(a_constraint_checked_at_commit_is_an_error),
        TEST(a_write_finds_another_connection_after_a_restart),
        TEST(several_are_one_transaction),
        TEST(a_deadlock_is_tried_again),
        TEST(a_serialization_failure_is_tried_again),
        TEST(a_write_ends_at_the_statement_time_limit),
        TEST(it_serves_as_soon_as_the_database_is_there),
        TEST(it_serves_no_database_but_the_schemas),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_session", tests,
                                       NULL, NULL);
}
