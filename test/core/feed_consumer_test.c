/* Who carries on from the feed loses no event and does nothing twice. */
#include "core/feed_consumer.h"

#include "core/mutation_engine.h"
#include "core/system_caller.h"
#include "database/system_schema.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Team {\n"
                             "  id   Int    @id\n"
                             "  name String\n"
                             "}\n"
                             "model Copy {\n"
                             "  id Int @id\n"
                             "  @@audit(off)\n"
                             "}\n";

typedef struct world {
    database_world *database;
    app app;
    feed feed;
    caller caller;
    str copies;
    bool is_taken;
    int64_t position;
    err *failure;
} world;

static int setup(void **state) {
    database_world *w = NULL;
    world *all = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL && w->postgres != NULL) {
        str report;
        w->config.protection.has_guards = true;
        expect_ok(database_world_push(w, &report));
    }
    if (w != NULL) {
        all = arena_new_array(w->a, world, 1);
        *all = (world){
            .database = w,
            .app = {.schema = w->schema, .system = w->system},
            .feed = feed_of(w->system),
        };
        all->caller = system_caller(w->a, &all->app, w->session, STR("test"));
    }
    *state = all;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    if (w != NULL)
        database_world_free(w->database);
    return 0;
}

static world *here(void **state) {
    if (*state == NULL)
        skip();
    return *state;
}

/* ---- */

static err *add(world *w, const char *table, int64_t id) {
    database_world *d = w->database;
    mutation_result made;
    const value row[] = {value_int(id), value_text("red")};
    bool is_team = strcmp(table, "Team") == 0;
    mutation m = world_insert(d, table, is_team ? "id name" : "id", row, 1);
    return mutation_engine_run(&w->caller, &m, &made);
}

/* Makes a copy of each team that there is an event of. */
static err *copy_on(world *w, feed_consumer *k, int64_t extra) {
    database_world *d = w->database;
    feed_page page;
    const mutation *wanted[16];
    mutation made[16];
    size_t count = 0;
    TRY(feed_consumer_read(k, &w->caller, 10, &page));
    for (size_t i = 0; i < page.count; i++) {
        int64_t id;
        if (!str_equal(page.events[i].model, STR("Team")) ||
            !str_parse_int64(page.events[i].record_id, &id))
            continue;
        value *cell = arena_new_array(d->a, value, 1);
        *cell = value_int(id + extra);
        made[count] = world_insert(d, "Copy", "id", cell, 1);
        wanted[count] = &made[count];
        count++;
    }
    return feed_consumer_commit(k, &w->caller, &page, wanted, count,
                                &w->is_taken);
}

static err *read_copies(world *w) {
    query q = world_query(w->database, "Copy", "id");
    q.order = &(query_order){.field = world_field(w->database, "Copy", "id")};
    q.order_count = 1;
    return world_read(w->database, &q, &w->copies, NULL);
}

static err *open_consumer(world *w, const char *name, feed_start start,
                          feed_consumer *out) {
    return feed_consumer_open(&w->caller, &w->feed, str_of(name), start, out);
}

static err *stop_and_go_on(void *argument) {
    world *w = argument;
    feed_consumer k;
    TRY(add(w, "Team", 1));
    TRY(open_consumer(w, "copies", FEED_FROM_OLDEST, &k));
    TRY(add(w, "Team", 2));
    TRY(copy_on(w, &k, 0));
    TRY(add(w, "Team", 3));
    TRY(open_consumer(w, "copies", FEED_FROM_OLDEST, &k));
    TRY(copy_on(w, &k, 0));
    w->position = k.position;
    return read_copies(w);
}

static void goes_on_where_it_was(void **state) {
    world *w = here(state);
    expect_ok(database_world_run(w->database, stop_and_go_on, w));
    expect_str(w->copies, STR("1;2;3"));
    assert_false(w->is_taken);
}

static err *begin_now(void *argument) {
    world *w = argument;
    feed_consumer k;
    TRY(add(w, "Team", 1));
    TRY(open_consumer(w, "copies", FEED_FROM_NOW, &k));
    TRY(add(w, "Team", 2));
    TRY(open_consumer(w, "copies", FEED_FROM_NOW, &k));
    TRY(copy_on(w, &k, 0));
    return read_copies(w);
}

static void begins_behind_what_there_is(void **state) {
    world *w = here(state);
    expect_ok(database_world_run(w->database, begin_now, w));
    expect_str(w->copies, STR("2"));
}

static err *two_of_one_name(void *argument) {
    world *w = argument;
    feed_consumer first;
    feed_consumer second;
    TRY(add(w, "Team", 1));
    TRY(open_consumer(w, "copies", FEED_FROM_OLDEST, &first));
    TRY(open_consumer(w, "copies", FEED_FROM_OLDEST, &second));
    TRY(copy_on(w, &first, 0));
    TRY(copy_on(w, &second, 100));
    w->position = second.position - first.position;
    return read_copies(w);
}

static void of_two_with_one_name_one_does_it(void **state) {
    world *w = here(state);
    expect_ok(database_world_run(w->database, two_of_one_name, w));
    assert_true(w->is_taken);
    assert_int_equal(w->position, 0);
    expect_str(w->copies, STR("1"));
}

static err *fail_once(void *argument) {
    world *w = argument;
    feed_consumer k;
    TRY(add(w, "Team", 1));
    TRY(add(w, "Team", 2));
    TRY(add(w, "Copy", 2));
    TRY(open_consumer(w, "copies", FEED_FROM_OLDEST, &k));
    w->failure = copy_on(w, &k, 0);
    w->position = k.position;
    TRY(read_copies(w));
    return copy_on(w, &k, 100);
}

static void a_round_that_fails_moves_nothing(void **state) {
    world *w = here(state);
    expect_ok(database_world_run(w->database, fail_once, w));
    assert_non_null(w->failure);
    assert_int_equal(w->failure->code, ERR_UNIQUE_VIOLATION);
    assert_int_equal(w->position, 0);
    expect_str(w->copies, STR("2"));
}

static err *lose_place(world *w) {
    mutation_result gone;
    const mutation m = {
        .kind = MUTATION_DELETE,
        .model = system_schema_model(w->app.system, SYSTEM_FEED_POSITION),
        .max_rows = MUTATION_ANY_COUNT,
    };
    return mutation_engine_run(&w->caller, &m, &gone);
}

static err *go_on_without_place(void *argument) {
    world *w = argument;
    feed_consumer k;
    TRY(open_consumer(w, "copies", FEED_FROM_OLDEST, &k));
    TRY(add(w, "Team", 1));
    TRY(copy_on(w, &k, 0));
    TRY(lose_place(w));
    TRY(add(w, "Team", 2));
    TRY(copy_on(w, &k, 100));
    assert_true(w->is_taken);
    TRY(copy_on(w, &k, 200));
    return read_copies(w);
}

static void a_place_that_was_deleted_is_made_again(void **state) {
    world *w = here(state);
    expect_ok(database_world_run(w->database, go_on_without_place, w));
    assert_false(w->is_taken);
    expect_str(w->copies, STR("1;202"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(goes_on_where_it_was, setup, teardown),
        WORLD_TESTS(begins_behind_what_there_is, setup, teardown),
        WORLD_TESTS(of_two_with_one_name_one_does_it, setup, teardown),
        WORLD_TESTS(a_round_that_fails_moves_nothing, setup, teardown),
        WORLD_TESTS(a_place_that_was_deleted_is_made_again, setup, teardown),
    };
    return cmocka_run_group_tests_name("core/feed_consumer", tests, NULL, NULL);
}
