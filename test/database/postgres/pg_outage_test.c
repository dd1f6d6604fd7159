/* What becomes of reads and writes when the network fails under them. */
#include "database/database.h"

#include <stdlib.h>
#include <time.h>

#include "test/support/cutting_proxy.h"
#include "test/support/database_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Task {\n"
                             "  id     Int    @id\n"
                             "  title  String\n"
                             "}\n";

typedef struct scene {
    arena *a;
    postgres_world *pg;
    cutting_proxy *proxy;
    database_world *w;
} scene;

/* postgresql://user:password@127.0.0.1:PORT/name */
static str with_port(arena *a, str url, int *port, int other) {
    const char *host = strstr(url.ptr, "@127.0.0.1:");
    assert_non_null(host);
    size_t at = (size_t)(host - url.ptr) + strlen("@127.0.0.1:");
    str rest = str_slice(url, at, url.len);
    int64_t number = 0;
    assert_true(str_parse_int64(str_split(&rest, '/'), &number));
    *port = (int)number;
    return arena_printf(a, "%.*s%d/%.*s", STR_ARG(str_slice(url, 0, at)), other,
                        STR_ARG(rest));
}

static scene scene_open_with(arena *a, int64_t timeout_ms,
                             size_t write_connections) {
    scene s = {.a = a, .pg = postgres_world_open(a)};
    int port = 0;
    (void)with_port(a, s.pg->url, &port, 0);
    s.proxy = cutting_proxy_open(port);
    str url = with_port(a, s.pg->url, &port, cutting_proxy_port(s.proxy));
    s.w = database_world_at(url, SCHEMA);
    s.w->config.statement_timeout_ms = timeout_ms;
    s.w->config.write_connections = write_connections;
    expect_ok(database_world_push(s.w, NULL));
    expect_ok(database_world_open(s.w));
    return s;
}

static scene scene_open(arena *a, int64_t timeout_ms) {
    return scene_open_with(a, timeout_ms, 0);
}

static void scene_close(scene *s) {
    database_world_free(s->w);
    cutting_proxy_close(s->proxy);
    postgres_world_close(&s->pg);
}

/* ---- Acts --------------------------------------------------------------- */

typedef struct act {
    scene *scene;
    int64_t id;       /* to insert, or 0: read */
    bool must_be_one; /* BEGIN and COMMIT */
    bool is_large;    /* too much for libpq to keep until it is told to send */
    str got;
    err *failure;
} act;

static str large_text(arena *a) {
    size_t len = 4 * 1024 * 1024;
    char *text = arena_take(a, len, 1);
    memset(text, 'x', len);
    return (str){text, len};
}

static err *perform(void *argument) {
    act *x = argument;
    database_world *w = x->scene->w;
    if (x->id == 0) {
        query q = world_query(w, "Task", "id");
        query_order order = {.field = q.columns[0].field};
        q.order = &order;
        q.order_count = 1;
        return world_read(w, &q, &x->got, NULL);
    }
    value row[] = {value_int(x->id), value_text("x")};
    if (x->is_large)
        row[1].text = large_text(x->scene->a);
    mutation m = world_insert(w, "Task", "id title", row, 1);
    m.must_be_one = x->must_be_one;
    return world_write(w, &m, NULL, NULL);
}

/* Its failure is no other's. */
static err *perform_alone(void *argument) {
    act *x = argument;
    x->failure = perform(x);
    return NULL;
}

static err *insert(scene *s, int64_t id) {
    act x = {.scene = s, .id = id};
    return database_world_run(s->w, perform, &x);
}

static err *insert_one(scene *s, int64_t id) {
    act x = {.scene = s, .id = id, .must_be_one = true};
    return database_world_run(s->w, perform, &x);
}

static err *read_ids(scene *s, str *out) {
    act x = {.scene = s};
    err *e = database_world_run(s->w, perform, &x);
    *out = x.got;
    return e;
}

static void expect_ids(scene *s, const char *want) {
    str got = {0};
    expect_ok(read_ids(s, &got));
    expect_str(got, str_of(want));
}

static const char UNKNOWN[] =
    "the connection to the database was lost during the commit: whether the"
    " change was written is not known";

/* Without the loop, so that it knows nothing of it. */
static void wait_for_hangup(void) {
    const struct timespec a_little = {.tv_nsec = 50 * 1000 * 1000};
    (void)nanosleep(&a_little, NULL);
}

/* ---- Tests -------------------------------------------------------------- */

static void a_read_whose_answer_is_lost_is_sent_again(void **state) {
    scene s = scene_open(*state, 10000);
    expect_ok(insert(&s, 1));
    expect_ids(&s, "1");
    for (int i = 0; i < 5; i++) {
        cutting_proxy_set(s.proxy, CUTTING_NEXT);
        expect_ids(&s, "1");
    }
    scene_close(&s);
}

static void a_write_whose_answer_is_lost_is_said_to_be_unknown(void **state) {
    scene s = scene_open(*state, 10000);
    expect_ok(insert(&s, 1));
    cutting_proxy_set(s.proxy, CUTTING_NEXT);
    expect_err(insert(&s, 2), ERR_IO, str_of(UNKNOWN));
    expect_ok(insert(&s, 3));
    /* Here it was written. */
    expect_ids(&s, "1;2;3");
    scene_close(&s);
}

static void a_commit_whose_answer_is_lost_is_unknown(void **state) {
    scene s = scene_open(*state, 10000);
    expect_ok(insert(&s, 1));
    cutting_proxy_set(s.proxy, CUTTING_COMMIT);
    expect_err(insert_one(&s, 2), ERR_IO, str_of(UNKNOWN));
    expect_ids(&s, "1;2");
    scene_close(&s);
}

static err *insert_two_at_once(void *argument) {
    act *x = argument;
    arena *a = x[0].scene->a;
    fiber_group group = {.loop = x[0].scene->w->loop};
    for (int i = 0; i < 2; i++)
        TRY(fiber_start(a, &group, perform_alone, &x[i]));
    return fiber_group_join(&group);
}

/* Nobody else asks for a connection meanwhile. */
static void who_waits_for_a_connection_that_is_lost_gets_another(void **state) {
    scene s = scene_open_with(*state, 10000, 1);
    act x[2] = {{.scene = &s, .id = 2, .must_be_one = true},
                {.scene = &s, .id = 3, .must_be_one = true}};
    expect_ok(insert(&s, 1));
    cutting_proxy_set(s.proxy, CUTTING_COMMIT);
    expect_ok(database_world_run(s.w, insert_two_at_once, x));
    expect_err(x[0].failure, ERR_IO, str_of(UNKNOWN));
    expect_ok(x[1].failure);
    expect_ids(&s, "1;2;3");
    scene_close(&s);
}

/* Whose connection was lost finds its place taken until the turn is over. */
static void a_place_that_is_not_free_yet_is_waited_for(void **state) {
    scene s = scene_open_with(*state, 10000, 1);
    act x[2] = {{.scene = &s, .id = 2, .must_be_one = true},
                {.scene = &s, .id = 3, .must_be_one = true}};
    expect_ok(insert(&s, 1));
    cutting_proxy_set(s.proxy, CUTTING_NEXT);
    expect_ok(database_world_run(s.w, insert_two_at_once, x));
    expect_ok(x[0].failure);
    expect_ok(x[1].failure);
    expect_ids(&s, "1;2;3");
    scene_close(&s);
}

static void what_is_lost_before_the_commit_is_done_again(void **state) {
    scene s = scene_open(*state, 10000);
    expect_ok(insert_one(&s, 1));
    cutting_proxy_set(s.proxy, CUTTING_NEXT);
    expect_ok(insert_one(&s, 2));
    expect_ids(&s, "1;2");
    scene_close(&s);
}

static err *wait_a_little(void *argument) {
    scene *s = argument;
    err *e = fiber_park(s->a, deadline_in(s->w->loop, 100));
    (void)e;
    return NULL;
}

/* The connection is found dead while the write is put into it. */
static void a_large_write_into_a_dead_connection_ends(void **state) {
    for (int must_be_one = 0; must_be_one < 2; must_be_one++) {
        scene s = scene_open(*state, 10000);
        act x = {.scene = &s,
                 .id = 2,
                 .must_be_one = must_be_one == 1,
                 .is_large = true};
        expect_ok(insert_one(&s, 1));
        cutting_proxy_set(s.proxy, CUTTING_ALL);
        wait_for_hangup();
        err *e = database_world_run(s.w, perform, &x);
        assert_non_null(e);
        assert_true(e->code == ERR_UNAVAILABLE || e->code == ERR_IO);
        scene_close(&s);
    }
}

static void it_comes_back_by_itself(void **state) {
    scene s = scene_open(*state, 10000);
    str got = {0};
    expect_ok(insert(&s, 1));
    cutting_proxy_set(s.proxy, CUTTING_ALL);
    expect_ok(database_world_run(s.w, wait_a_little, &s));
    for (int i = 0; i < 5; i++) {
        err *e = i % 2 == 0 ? read_ids(&s, &got) : insert(&s, 2);
        expect_err(e, ERR_UNAVAILABLE,
                   STR("Database connection error. Retrying the connection."));
    }
    cutting_proxy_set(s.proxy, CUTTING_NOTHING);
    err *e = read_ids(&s, &got);
    for (int i = 0; e != NULL && i < 100; i++) {
        expect_ok(database_world_run(s.w, wait_a_little, &s));
        e = read_ids(&s, &got);
    }
    expect_ok(e);
    expect_str(got, STR("1"));
    scene_close(&s);
}

static void silence_ends_at_a_limit(void **state) {
    scene s = scene_open(*state, 1000);
    str got = {0};
    expect_ok(insert(&s, 1));
    expect_ids(&s, "1");
    cutting_proxy_set(s.proxy, CUTTING_SILENT);
    expect_err(read_ids(&s, &got), ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    expect_err(insert(&s, 2), ERR_IO, str_of(UNKNOWN));
    cutting_proxy_set(s.proxy, CUTTING_NOTHING);
    /* The connections are given up one after the other. */
    for (int i = 0; i < 50 && read_ids(&s, &got) != NULL; i++)
        expect_ok(database_world_run(s.w, wait_a_little, &s));
    expect_ids(&s, got.len > 1 ? "1;2" : "1");
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_read_whose_answer_is_lost_is_sent_again),
        TEST(a_write_whose_answer_is_lost_is_said_to_be_unknown),
        TEST(a_commit_whose_answer_is_lost_is_unknown),
        TEST(who_waits_for_a_connection_that_is_lost_gets_another),
        TEST(a_place_that_is_not_free_yet_is_waited_for),
        TEST(what_is_lost_before_the_commit_is_done_again),
        TEST(a_large_write_into_a_dead_connection_ends),
        TEST(it_comes_back_by_itself),
        TEST(silence_ends_at_a_limit),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_outage", tests,
                                       NULL, NULL);
}
