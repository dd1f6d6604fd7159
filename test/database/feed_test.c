/* The feed of events, read on behind what was read. */
#include "database/feed.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Team {\n"
                             "  id   Int    @id\n"
                             "  name String\n"
                             "  pin  String? @sensitive\n"
                             "}\n"
                             "model Quiet {\n"
                             "  id Int @id\n"
                             "  @@audit(off)\n"
                             "}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL && w->postgres != NULL) {
        str report;
        w->config.protection.has_guards = true;
        expect_ok(database_world_push(w, &report));
    }
    *state = w;
    return 0;
}

static int teardown(void **state) {
    if (*state != NULL)
        database_world_free(*state);
    return 0;
}

/* ---- */

static const change_origin WHO = {.reason = STR_INIT("test")};

static err *write_one(database_world *w, mutation m) {
    m.origin = &WHO;
    return world_write(w, &m, NULL, NULL);
}

static err *add(database_world *w, const char *table, int64_t id,
                const char *name) {
    const value row[] = {value_int(id), value_text(name)};
    mutation m =
        world_insert(w, table, name != NULL ? "id name" : "id", row, 1);
    return write_one(w, m);
}

typedef struct reading {
    database_world *w;
    str text; /* "1 create Team 7" a line */
    feed_page page;
    int64_t end;
} reading;

static err *read_on(reading *r, size_t most) {
    feed f = feed_of(r->w->system);
    TRY(feed_read(&f, r->w->session, r->w->a, r->page.last, most, &r->page));
    for (size_t i = 0; i < r->page.count; i++) {
        const feed_event *e = &r->page.events[i];
        r->text =
            arena_printf(r->w->a, "%.*s%lld %.*s %.*s %.*s\n", STR_ARG(r->text),
                         (long long)e->sequence, STR_ARG(e->action),
                         STR_ARG(e->model), STR_ARG(e->record_id));
    }
    return NULL;
}

static err *write_and_read(void *argument) {
    reading *r = argument;
    database_world *w = r->w;
    const value next[] = {value_text("blue")};
    mutation change = world_update(w, "Team", "name", next, NULL);
    mutation removal = world_delete(w, "Team", NULL);
    TRY(add(w, "Team", 7, "red"));
    TRY(add(w, "Quiet", 1, NULL));
    TRY(read_on(r, 10));
    TRY(read_on(r, 10));
    TRY(write_one(w, change));
    TRY(write_one(w, removal));
    TRY(add(w, "Team", 8, "green"));
    TRY(read_on(r, 2));
    return read_on(r, 2);
}

static void is_read_on_behind_what_was_read(void **state) {
    reading r = {.w = world_here(state)};
    expect_ok(database_world_run(r.w, write_and_read, &r));
    expect_str(r.text, STR("1 create Team 7\n"
                           "2 create Quiet 1\n"
                           "3 update Team 7\n"
                           "4 delete Team 7\n"
                           "5 create Team 8\n"));
    assert_int_equal(r.page.last, 5);
    assert_int_equal(r.page.missed, 0);
}

static err *change_one(void *argument) {
    reading *r = argument;
    database_world *w = r->w;
    const value row[] = {value_int(7), value_text("red"), value_text("1234")};
    const value next[] = {value_text("blue")};
    mutation m = world_insert(w, "Team", "id name pin", row, 1);
    mutation change = world_update(w, "Team", "name", next, NULL);
    TRY(write_one(w, m));
    TRY(write_one(w, change));
    return read_on(r, 10);
}

static void says_what_the_row_was_and_is(void **state) {
    reading r = {.w = world_here(state)};
    expect_ok(database_world_run(r.w, change_one, &r));
    assert_int_equal(r.page.count, 2);
    const feed_event *e = r.page.events;
    assert_true(str_is_empty(e[0].before));
    assert_true(str_contains(e[0].after, STR("[redacted]")));
    assert_false(str_contains(e[0].after, STR("1234")));
    assert_true(str_contains(e[1].before, STR("red")));
    assert_true(str_contains(e[1].after, STR("blue")));
    assert_true(str_starts_with(e[1].created_at, STR("20")));
    assert_int_equal(e[1].audit_id.len, 36);
}

static err *find_end(void *argument) {
    reading *r = argument;
    feed f = feed_of(r->w->system);
    int64_t before;
    TRY(feed_end(&f, r->w->session, r->w->a, &before));
    TRY(add(r->w, "Team", 7, "red"));
    TRY(add(r->w, "Team", 8, "red"));
    TRY(feed_end(&f, r->w->session, r->w->a, &r->end));
    return before == 0 ? read_on(r, 1) : err_new(r->w->a, ERR_INVALID, "not 0");
}

static void knows_where_it_ends(void **state) {
    reading r = {.w = world_here(state)};
    expect_ok(database_world_run(r.w, find_end, &r));
    assert_int_equal(r.end, 2);
    assert_int_equal(r.page.last, 1);
}

static err *read_all(void *argument) {
    reading *r = argument;
    r->page = (feed_page){0};
    return read_on(r, 10);
}

static void says_how_many_are_gone(void **state) {
    reading r = {.w = world_here(state)};
    expect_ok(database_world_run(r.w, find_end, &r));
    database_world_sql(r.w, r.w->postgres != NULL
                                ? "DELETE FROM tenon.event WHERE sequence = 1"
                                : "DELETE FROM tenon_event WHERE sequence = 1");
    expect_ok(database_world_run(r.w, read_all, &r));
    assert_int_equal(r.page.count, 1);
    assert_int_equal(r.page.missed, 1);
    assert_int_equal(r.page.last, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(is_read_on_behind_what_was_read, setup, teardown),
        WORLD_TESTS(says_what_the_row_was_and_is, setup, teardown),
        WORLD_TESTS(knows_where_it_ends, setup, teardown),
        WORLD_TESTS(says_how_many_are_gone, setup, teardown),
    };
    return cmocka_run_group_tests_name("database/feed", tests, NULL, NULL);
}
