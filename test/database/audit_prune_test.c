/* Rows of the audit log that are kept no longer, and the proof of the rest.
 * Runs alone: what is sealed waits for all that others have begun. */
#include "database/audit_prune.h"

#include "base/clock.h"
#include "base/file.h"
#include "test/support/audit_world.h"
#include "test/support/test.h"

static const int64_t DAY_MS = INT64_C(24) * 60 * 60 * 1000;

static audit_pruning prune_with(database_world *w, const audit_key *k,
                                int days) {
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_WRITE);
    audit_pruning done;
    expect_ok(audit_prune_run(w->a, t, k, w->schema,
                              clock_wall_ms(NULL) + days * DAY_MS, &done));
    return done;
}

/* In so many days from now. */
static audit_pruning prune(database_world *w, int days) {
    audit_key k = audit_world_key(w, "audit.key");
    return prune_with(w, &k, days);
}

static void nothing_is_pruned_before_its_time(void **state) {
    database_world *w = world_here(state);
    audit_world_add(w, "1");
    audit_world_seal(w);
    assert_int_equal(prune(w, 89).rows, 0);
    assert_int_equal(audit_world_rows(w).row_count, 1);
}

static void what_is_not_sealed_is_not_pruned(void **state) {
    database_world *w = world_here(state);
    audit_world_add(w, "1");
    audit_world_seal(w);
    audit_world_add(w, "2");
    assert_int_equal(prune(w, 91).rows, 1);
    assert_int_equal(audit_world_rows(w).row_count, 1);
    audit_world_expect(w, AUDIT_ROW_CHANGED, 0);
}

static void each_model_has_its_own_time(void **state) {
    database_world *w = world_here(state);
    audit_verdict v;
    audit_world_add(w, "1");
    audit_world_add_memo(w, "a");
    audit_world_add(w, "2");
    audit_world_seal(w);
    audit_world_add_memo(w, "b");
    audit_world_add(w, "3");
    audit_world_seal(w);
    assert_int_equal(prune(w, 91).rows, 3);
    assert_int_equal(audit_world_rows(w).row_count, 2);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 2);
    assert_int_equal(v.pruned_rows, 3);
    assert_int_equal(v.signed_entries, v.entries);
    assert_int_equal(prune(w, 366).rows, 2);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 0);
    assert_int_equal(v.pruned_rows, 5);
    /* The proof needs their hashes no more, but the chain. */
    expect_str(audit_world_ask(w, "SELECT count(*) FROM SEAL"
                                  " WHERE row_hashes IS NOT NULL"),
               STR("0"));
}

static void the_log_goes_on_where_it_was(void **state) {
    database_world *w = world_here(state);
    audit_verdict v;
    for (int i = 0; i < 3; i++) {
        audit_world_add(w, "1");
        audit_world_remove(w, "1");
        assert_int_equal(audit_world_seal(w).rows, 2);
        assert_int_equal(prune(w, 91).rows, 2);
    }
    audit_world_add(w, "2");
    assert_int_equal(audit_world_seal(w).rows, 1);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 1);
    assert_int_equal(v.pruned_rows, 6);
}

static void the_rest_is_still_proven(void **state) {
    database_world *w = world_here(state);
    audit_world_add(w, "1");
    audit_world_add_memo(w, "a");
    audit_world_add_memo(w, "b");
    audit_world_seal(w);
    prune(w, 91);
    audit_world_expect(w, AUDIT_ROW_DELETED, 0);
    audit_world_sql(w, "DELETE FROM LOG WHERE record_id = 'a'");
    audit_world_expect(w, AUDIT_ROW_DELETED, 1);
    audit_world_sql(w, "UPDATE LOG SET user_id = 'x' WHERE record_id = 'b'");
    audit_verdict v;
    audit_world_verify(w, &v);
    assert_int_equal(v.flaws[AUDIT_ROW_CHANGED], 1);
    assert_int_equal(v.flaws[AUDIT_ROW_DELETED], 1);
}

static void what_was_tampered_with_is_kept_as_evidence(void **state) {
    database_world *w = world_here(state);
    audit_world_add(w, "1");
    audit_world_add(w, "2");
    audit_world_add(w, "3");
    audit_world_seal(w);
    audit_world_sql(w, "UPDATE LOG SET user_id = 'x' WHERE record_id = '2'");
    audit_world_sql(w, "DELETE FROM LOG WHERE record_id = '3'");
    audit_pruning done = prune(w, 91);
    assert_int_equal(done.rows, 1);
    assert_int_equal(done.kept, 1);
    audit_verdict v;
    audit_world_verify(w, &v);
    assert_int_equal(v.flaws[AUDIT_ROW_CHANGED], 1);
    assert_int_equal(v.flaws[AUDIT_ROW_DELETED], 1);
}

static void who_says_that_rows_were_pruned_needs_the_key(void **state) {
    database_world *w = world_here(state);
    audit_world_add(w, "1");
    audit_world_seal(w);
    audit_key none = {0};
    assert_int_equal(prune_with(w, &none, 91).rows, 1);
    audit_world_expect(w, AUDIT_SEAL_NOT_SIGNED, 1);
}

static void a_pruned_row_that_is_back_is_found(void **state) {
    database_world *w = world_here(state);
    audit_world_add(w, "1");
    audit_world_add_memo(w, "a");
    audit_world_seal(w);
    audit_world_sql(w, "CREATE TABLE kept AS SELECT * FROM LOG"
                       " WHERE record_id = '1'");
    prune(w, 91);
    audit_world_sql(w, "INSERT INTO LOG SELECT * FROM kept");
    audit_world_expect(w, AUDIT_ROW_INSERTED, 1);
}

static void nothing_is_pruned_where_seals_are_gone(void **state) {
    database_world *w = world_here(state);
    audit_pruning done;
    audit_key k = audit_world_key(w, "audit.key");
    audit_world_add(w, "1");
    audit_world_seal(w);
    audit_world_add(w, "2");
    audit_world_seal(w);
    audit_world_sql(w, "DELETE FROM SEAL WHERE number = 2");
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_WRITE);
    err *e = audit_prune_run(w->a, t, &k, w->schema,
                             clock_wall_ms(NULL) + 91 * DAY_MS, &done);
    assert_true(e != NULL && e->code == ERR_CONFLICT);
}

static void a_month_that_is_over_is_dropped_as_a_whole(void **state) {
    database_world *w = world_here(state);
    if (w->postgres == NULL)
        skip();
    audit_verdict v;
    for (int i = 0; i < 4; i++)
        audit_world_add(w, i == 0 ? "1" : i == 1 ? "2" : i == 2 ? "3" : "4");
    audit_world_seal(w);
    const char *count = "SELECT count(*) FROM pg_inherits"
                        " WHERE inhparent = 'tenon.audit_log'::regclass";
    str before = audit_world_ask(w, count);
    /* The memos' year counts, too. */
    audit_pruning done = prune(w, 366 + 31);
    assert_int_equal(done.rows, 4);
    assert_true(done.partitions >= 1);
    assert_false(str_equal(audit_world_ask(w, count), before));
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.pruned_rows, 4);
}

#define BOTH(fn) WORLD_TESTS(fn, audit_world_setup, audit_world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(nothing_is_pruned_before_its_time),
        BOTH(what_is_not_sealed_is_not_pruned),
        BOTH(each_model_has_its_own_time),
        BOTH(the_log_goes_on_where_it_was),
        BOTH(the_rest_is_still_proven),
        BOTH(what_was_tampered_with_is_kept_as_evidence),
        BOTH(who_says_that_rows_were_pruned_needs_the_key),
        BOTH(a_pruned_row_that_is_back_is_found),
        BOTH(nothing_is_pruned_where_seals_are_gone),
        BOTH(a_month_that_is_over_is_dropped_as_a_whole),
    };
    return cmocka_run_group_tests_name("database/audit_prune", tests, NULL,
                                       NULL);
}
