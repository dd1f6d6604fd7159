/* Who reads when, on which connection, and what it may not miss. */
#include "database/sqlite/lite_reader.h"

#include "base/sanitizer.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Word {\n"
                             "  id Int @id @default(autoincrement())\n"
                             "  text String\n"
                             "}\n";

enum { ROWS = 20 * 1000, BATCH = 1000 };

static err *fill(void *argument) {
    database_world *w = argument;
    value *rows = arena_new_array(w->a, value, BATCH);
    for (int i = 0; i < BATCH; i++)
        rows[i] = value_text("the quick brown fox jumps over the lazy dog");
    mutation m = world_insert(w, "Word", "text", rows, BATCH);
    for (int i = 0; i < ROWS / BATCH; i++)
        TRY(world_write(w, &m, NULL, NULL));
    return NULL;
}

/* A timeout of 0: long enough for the slowest machine. */
static void begin(database_world **w, size_t connections, int64_t timeout_ms) {
    *w = database_world_new(SCHEMA);
    (*w)->config.read_connections = connections;
    (*w)->config.statement_timeout_ms = 120 * INT64_C(1000);
    expect_ok(database_world_push(*w, NULL));
    expect_ok(database_world_open(*w));
    expect_ok(database_world_run(*w, fill, *w));
    if (timeout_ms == 0)
        return;
    database_world_close(*w);
    (*w)->config.statement_timeout_ms = timeout_ms;
    expect_ok(database_world_open(*w));
}

/* A filter that takes some tens of milliseconds for each condition, and is true
 * for no row. */
static const filter *slow_filter(database_world *w, size_t conditions) {
    const filter **children = arena_new_array(w->a, const filter *, conditions);
    for (size_t i = 0; i < conditions; i++) {
        filter *f = arena_new_array(w->a, filter, 1);
        *f = (filter){.kind = FILTER_LIKE,
                      .field = world_field(w, "Word", "text"),
                      .value = value_text("%l%a%z%y%c%a%t%")};
        children[i] = f;
    }
    filter *any = arena_new_array(w->a, filter, 1);
    *any = (filter){
        .kind = FILTER_ANY, .children = children, .child_count = conditions};
    return any;
}

typedef struct reading {
    database_world *w;
    arena *a;
    query q;
    str rows;
    err *failure;
    bool is_done;
    fiber *fiber;
    struct scene *scene;
    char letter; /* put down in the scene when it is done */
} reading;

typedef struct scene {
    database_world *w;
    fiber_group group;
    reading slow[3];
    size_t slow_count;
    str order; /* in which readings ended */
    int reads_beside;
    int writes_beside;
    size_t ended_at_quick; /* how many slow ones had ended by then */
    size_t ended_at_other;
} scene;

static err *run_reading(void *argument) {
    reading *r = argument;
    r->fiber = fiber_current();
    r->failure = world_read(r->w, &r->q, &r->rows, NULL);
    r->is_done = true;
    r->scene->order =
        arena_printf(r->w->a, "%.*s%c", STR_ARG(r->scene->order), r->letter);
    return NULL;
}

static void prepare(scene *s, database_world *w, size_t count,
                    size_t conditions) {
    *s = (scene){.w = w, .group = {.loop = w->loop}, .slow_count = count};
    for (size_t i = 0; i < count; i++) {
        s->slow[i] = (reading){.w = w,
                               .q = world_query(w, "Word", "id"),
                               .scene = s,
                               .letter = (char)('a' + (char)i)};
        s->slow[i].q.where = slow_filter(w, conditions);
    }
}

static err *start_slow(scene *s) {
    for (size_t i = 0; i < s->slow_count; i++)
        TRY(fiber_start(s->w->a, &s->group, run_reading, &s->slow[i]));
    return NULL;
}

/* ---- Giving way --------------------------------------------------------- */

static err *read_beside_slow(void *argument) {
    scene *s = argument;
    query q = world_query(s->w, "Word", "id");
    q.where = world_compare(s->w, world_field(s->w, "Word", "id"), COMPARE_EQ,
                            value_int(7));
    TRY(start_slow(s));
    while (!s->slow[0].is_done) {
        str rows;
        TRY(world_read(s->w, &q, &rows, NULL));
        s->reads_beside += str_equal(rows, STR("7"));
        fiber_yield();
    }
    return fiber_group_join(&s->group);
}

static void a_slow_read_lets_others_run(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 2, 0);
    scene s;
    prepare(&s, w, 1, 10);
    expect_ok(database_world_run(w, read_beside_slow, &s));
    expect_ok(s.slow[0].failure);
    assert_true(s.reads_beside > 20);
    database_world_free(w);
}

/* Each write must be seen by the read that begins after it was acknowledged,
 * though a snapshot of this turn is open on the slow connection and another one
 * on the connection that read last. */
static err *write_and_read_beside_slow(void *argument) {
    scene *s = argument;
    database_world *w = s->w;
    TRY(start_slow(s));
    query q = world_query(w, "Word", "text");
    value id = value_int(1);
    q.where = world_compare(w, world_field(w, "Word", "id"), COMPARE_EQ, id);
    for (int i = 0; !s->slow[0].is_done || i < 10; i++) {
        value text = value_text(arena_printf(w->a, "text %d", i).ptr);
        mutation m = world_update(w, "Word", "text", &text, q.where);
        str rows;
        TRY(world_read(w, &q, &rows, NULL));
        TRY(world_write(w, &m, NULL, NULL));
        TRY(world_read(w, &q, &rows, NULL));
        if (!str_equal(rows, text.text))
            return err_new(w->a, ERR_INTERNAL, "missed '%.*s', saw '%.*s'",
                           STR_ARG(text.text), STR_ARG(rows));
        s->writes_beside++;
    }
    return fiber_group_join(&s->group);
}

static void a_read_sees_what_was_acknowledged_before_it(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 2, 0);
    scene s;
    prepare(&s, w, 1, 10);
    expect_ok(database_world_run(w, write_and_read_beside_slow, &s));
    expect_ok(s.slow[0].failure);
    assert_true(s.writes_beside >= 10);
    database_world_free(w);
}

/* The fiber itself holds an old snapshot and asks again. */
static err *read_inside_a_read(void *argument) {
    database_world *w = argument;
    query all = world_query(w, "Word", "id");
    query one = world_query(w, "Word", "text");
    one.where = world_compare(w, world_field(w, "Word", "id"), COMPARE_EQ,
                              value_int(2));
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    TRY(database_query(w->session, w->a, &all, &rows));
    database_rows_next(rows);
    str text;
    TRY(world_read(w, &one, &text, NULL)); /* shares the connection */
    value changed = value_text("changed");
    mutation m = world_update(w, "Word", "text", &changed, one.where);
    TRY(world_write(w, &m, NULL, NULL));
    TRY(world_read(w, &one, &text, NULL)); /* must not */
    if (!str_equal(text, STR("changed")))
        return err_new(w->a, ERR_INTERNAL, "saw %.*s", STR_ARG(text));
    int64_t count = 1;
    while (database_rows_next(rows))
        count++;
    TRY(database_rows_end(rows));
    return count == ROWS ? NULL : err_new(w->a, ERR_INTERNAL, "lost rows");
}

static void a_read_inside_a_read_is_as_fresh(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 2, 0);
    expect_ok(database_world_run(w, read_inside_a_read, w));
    database_world_free(w);
}

/* ---- Waiting for a connection ------------------------------------------- */

static err *run_slow(void *argument) {
    scene *s = argument;
    TRY(start_slow(s));
    return fiber_group_join(&s->group);
}

static void reads_wait_for_a_connection_in_order(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 1, 0);
    scene s;
    prepare(&s, w, 3, 2);
    expect_ok(database_world_run(w, run_slow, &s));
    for (size_t i = 0; i < 3; i++)
        expect_ok(s.slow[i].failure);
    expect_str(s.order, STR("abc"));
    database_world_free(w);
}

static err *read_beside_three(void *argument) {
    scene *s = argument;
    query q = world_query(s->w, "Word", "id");
    str rows;
    q.where = world_compare(s->w, world_field(s->w, "Word", "id"), COMPARE_EQ,
                            value_int(7));
    q.finds_one = true;
    TRY(start_slow(s));
    TRY(world_read(s->w, &q, &rows, NULL));
    s->ended_at_quick = s->order.len;
    q.finds_one = false;
    TRY(world_read(s->w, &q, &rows, NULL));
    s->ended_at_other = s->order.len;
    return fiber_group_join(&s->group);
}

static void the_last_connection_is_kept_for_quick_reads(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 4, 0);
    scene s;
    prepare(&s, w, 3, 10);
    expect_ok(database_world_run(w, read_beside_three, &s));
    assert_int_equal(s.ended_at_quick, 0);
    assert_true(s.ended_at_other > 0);
    database_world_free(w);
}

static void who_waits_long_ends_the_longest(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 1, 3000);
    scene s;
    prepare(&s, w, 2, 500);
    expect_ok(database_world_run(w, run_slow, &s));
    expect_err(s.slow[0].failure, ERR_UNAVAILABLE,
               STR("the read took long, and others waited for its"
                   " connection"));
    expect_err(s.slow[1].failure, ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    database_world_free(w);
}

/* ---- Ends --------------------------------------------------------------- */

static void a_statement_ends_when_its_time_is_over(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 1, 60);
    scene s;
    prepare(&s, w, 2, 500);
    expect_ok(database_world_run(w, run_slow, &s));
    expect_err(s.slow[0].failure, ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    /* The second had no time left when it got the connection, or got it too
     * late. */
    assert_non_null(s.slow[1].failure);
    assert_int_equal(s.slow[1].failure->code, ERR_TIMEOUT);
    /* And the connection serves on. */
    prepare(&s, w, 1, 0);
    expect_ok(database_world_run(w, run_slow, &s));
    expect_ok(s.slow[0].failure);
    database_world_free(w);
}

static err *cancel_slow(void *argument) {
    scene *s = argument;
    TRY(start_slow(s));
    fiber_yield();
    fiber_yield();
    fiber_cancel(s->slow[0].fiber);
    return fiber_group_join(&s->group);
}

static void a_cancelled_statement_ends(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 1, 0);
    scene s;
    prepare(&s, w, 1, 500);
    expect_ok(database_world_run(w, cancel_slow, &s));
    expect_err(s.slow[0].failure, ERR_CANCELLED,
               STR("cancelled while a statement ran"));
    database_world_free(w);
}

/* One text of 4 MB: the match is a single step of SQLite's machine. */
static err *match_long_text(void *argument) {
    scene *s = argument;
    database_world *w = s->w;
    enum { LENGTH_OF_TEXT = 4 * 1024 * 1024 };
    char *text = arena_new_array(w->a, char, LENGTH_OF_TEXT);
    memset(text, 'a', LENGTH_OF_TEXT);
    value v = {.kind = VALUE_TEXT, .text = {text, LENGTH_OF_TEXT}};
    mutation m = world_insert(w, "Word", "text", &v, 1);
    TRY(world_write(w, &m, NULL, NULL));
    return run_slow(s);
}

static void a_long_match_ends_too(void **state) {
    (void)state;
    database_world *w;
    begin(&w, 1, TSAN_IS_ON || ASAN_IS_ON ? 1000 : 200);
    scene s;
    prepare(&s, w, 1, 1);
    char pattern[1000];
    memset(pattern, 'a', sizeof pattern);
    pattern[0] = '%';
    pattern[sizeof pattern - 1] = 'b';
    filter f = {
        .kind = FILTER_LIKE,
        .field = world_field(w, "Word", "text"),
        .is_case_sensitive = true,
        .value = {.kind = VALUE_TEXT, .text = {pattern, sizeof pattern}}};
    s.slow[0].q.where = &f;
    expect_ok(database_world_run(w, match_long_text, &s));
    expect_err(s.slow[0].failure, ERR_TIMEOUT,
               STR("canceling statement due to statement timeout"));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_read_lets_others_run),
        cmocka_unit_test(a_read_sees_what_was_acknowledged_before_it),
        cmocka_unit_test(a_read_inside_a_read_is_as_fresh),
        cmocka_unit_test(reads_wait_for_a_connection_in_order),
        cmocka_unit_test(the_last_connection_is_kept_for_quick_reads),
        cmocka_unit_test(who_waits_long_ends_the_longest),
        cmocka_unit_test(a_statement_ends_when_its_time_is_over),
        cmocka_unit_test(a_cancelled_statement_ends),
        cmocka_unit_test(a_long_match_ends_too),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_reader", tests,
                                       NULL, NULL);
}
