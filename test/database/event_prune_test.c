/* Events that are kept no longer. */
#include "database/event_prune.h"

#include "base/clock.h"
#include "test/support/audit_world.h"
#include "test/support/test.h"

static const int64_t DAY_MS = INT64_C(24) * 60 * 60 * 1000;
enum { KEPT = 10 }; /* days */

/* Those from before so many days from now. */
static int64_t prune(database_world *w, int days) {
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_WRITE);
    int64_t count;
    expect_ok(event_prune_run(w->a, t,
                              clock_wall_ms(NULL) + (days + KEPT) * DAY_MS,
                              KEPT * DAY_MS, &count));
    return count;
}

static str events(database_world *w) {
    return audit_world_ask(w, "SELECT count(*) FROM FEED");
}

static database_world *world_with_events(void **state, int count) {
    database_world *w = world_here(state);
    audit_world_add_many(w, 1, (size_t)count);
    return w;
}

static void young_events_are_kept(void **state) {
    database_world *w = world_with_events(state, 3);
    assert_int_equal(prune(w, -30), 0);
    expect_str(events(w), STR("3"));
}

static void old_events_go(void **state) {
    database_world *w = world_with_events(state, 5000);
    assert_int_equal(prune(w, 1), 4999);
    expect_str(events(w), STR("1"));
    assert_int_equal(prune(w, 1), 0);
    /* The log has all of its rows. */
    assert_int_equal(audit_world_rows(w).row_count, 5000);
}

static void sequences_go_on_behind_what_was_pruned(void **state) {
    database_world *w = world_with_events(state, 3);
    prune(w, 1);
    audit_world_add(w, "4");
    prune(w, -1);
    expect_str(audit_world_ask(w, "SELECT max(sequence) FROM FEED"), STR("4"));
}

static void what_a_consumer_has_not_read_is_kept(void **state) {
    database_world *w = world_with_events(state, 5);
    audit_world_sql(w, w->postgres != NULL
                           ? "INSERT INTO tenon.feed_position"
                             " VALUES ('a', 4, now()), ('b', 2, now())"
                           : "INSERT INTO tenon_feed_position VALUES"
                             " ('a', 4, '2026-01-01T00:00:00.000+00:00'),"
                             " ('b', 2, '2026-01-01T00:00:00.000+00:00')");
    assert_int_equal(prune(w, 1), 1);
    expect_str(audit_world_ask(w, "SELECT min(sequence) FROM FEED"), STR("2"));
}

static void a_consumer_that_never_comes_is_not_waited_for(void **state) {
    database_world *w = world_with_events(state, 5);
    audit_world_sql(w, w->postgres != NULL
                           ? "INSERT INTO tenon.feed_position"
                             " VALUES ('a', 2, now())"
                           : "INSERT INTO tenon_feed_position VALUES"
                             " ('a', 2, '2026-01-01T00:00:00.000+00:00')");
    int unread = KEPT * (EVENT_PRUNE_PATIENCE - 1);
    assert_int_equal(prune(w, unread - 1), 1);
    assert_int_equal(prune(w, unread + 1), 3);
}

#define BOTH(fn) WORLD_TESTS(fn, audit_world_setup, audit_world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(young_events_are_kept),
        BOTH(old_events_go),
        BOTH(sequences_go_on_behind_what_was_pruned),
        BOTH(what_a_consumer_has_not_read_is_kept),
        BOTH(a_consumer_that_never_comes_is_not_waited_for),
    };
    return cmocka_run_group_tests_name("database/event_prune", tests, NULL,
                                       NULL);
}
