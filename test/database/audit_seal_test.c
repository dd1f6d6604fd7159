/* The audit log, sealed, tampered with and verified.
 * Runs alone: what is sealed waits for all that others have begun. */
#include "database/audit_seal.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "database/audit_place.h"
#include "database/audit_verify.h"
#include "test/support/audit_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static void add_tasks(database_world *w, int from, int to) {
    for (int i = from; i <= to; i++) {
        str name = arena_printf(w->a, "%d", i);
        audit_world_add(w, arena_cstr(w->a, name));
    }
}

/* Ten rows in two seals. */
static database_world *sealed_world(void **state) {
    database_world *w = world_here(state);
    add_tasks(w, 1, 5);
    audit_world_seal(w);
    add_tasks(w, 6, 10);
    audit_world_seal(w);
    return w;
}

/* ---- As it should be ---------------------------------------------------- */

static void rows_are_sealed_once_and_proven(void **state) {
    database_world *w = world_here(state);
    audit_verdict v;
    add_tasks(w, 1, 5);
    audit_sealing done = audit_world_seal(w);
    assert_int_equal(done.seals, 1);
    assert_int_equal(done.rows, 5);
    assert_int_equal(audit_world_seal(w).rows, 0);
    add_tasks(w, 6, 7);
    done = audit_world_seal(w);
    assert_int_equal(done.seals, 1);
    assert_int_equal(done.rows, 2);
    add_tasks(w, 8, 8);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.entries, 2);
    assert_int_equal(v.signed_entries, 2);
    assert_int_equal(v.sealed_rows, 7);
    assert_int_equal(v.unsealed_rows, 1);
    assert_int_equal(v.head.number, 2);
}

static void a_log_without_rows_is_proven(void **state) {
    database_world *w = world_here(state);
    audit_verdict v;
    assert_int_equal(audit_world_seal(w).seals, 0);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.entries, 0);
}

static void many_rows_take_several_seals(void **state) {
    database_world *w = world_here(state);
    audit_verdict v;
    audit_world_add_many(w, 0, 10000);
    audit_sealing done = audit_world_seal(w);
    assert_int_equal(done.seals, 3);
    assert_int_equal(done.rows, 10000);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 10000);
}

static void without_a_key_seals_are_not_signed(void **state) {
    database_world *w = world_here(state);
    audit_key none = {0};
    audit_sealing done;
    audit_verdict v;
    add_tasks(w, 1, 2);
    expect_ok(audit_world_try_seal(w, &none, &done));
    expect_str(audit_world_verify_with(w, &none, &v), STR(""));
    assert_int_equal(v.signed_entries, 0);
    assert_int_equal(v.sealed_rows, 2);
    audit_world_expect(w, AUDIT_SEAL_NOT_SIGNED, 1);
    /* One that is signed proves what is before it. */
    add_tasks(w, 3, 4);
    audit_world_seal(w);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.signed_entries, 1);
    add_tasks(w, 5, 6);
    expect_ok(audit_world_try_seal(w, &none, &done));
    audit_world_expect(w, AUDIT_SEAL_NOT_SIGNED, 1);
}

static void who_has_the_public_key_alone_can_verify(void **state) {
    database_world *w = sealed_world(state);
    audit_key own = audit_world_key(w, "audit.key");
    audit_verdict v;
    audit_key k;
    str path = audit_world_key_path(w, "public.pem");
    expect_ok(file_create(w->a, path,
                          ed25519_public_format(w->a, &own.publics[0].key)));
    expect_ok(audit_key_load(w->a, path, &k));
    assert_false(k.can_sign);
    expect_str(audit_world_verify_with(w, &k, &v), STR(""));
    assert_int_equal(v.signed_entries, 2);
}

static void a_new_key_still_proves_what_the_old_one_signed(void **state) {
    database_world *w = world_here(state);
    audit_key old = audit_world_key(w, "old.key");
    audit_key k;
    audit_sealing done;
    audit_verdict v;
    add_tasks(w, 1, 2);
    expect_ok(audit_world_try_seal(w, &old, &done));
    ed25519_seed seed = ed25519_seed_new();
    str path = audit_world_key_path(w, "audit.key");
    str both = arena_printf(
        w->a, "%.*s%.*s", STR_ARG(ed25519_seed_format(w->a, &seed)),
        STR_ARG(ed25519_public_format(w->a, &old.publics[0].key)));
    expect_ok(file_create(w->a, path, both));
    assert_int_equal(chmod(arena_cstr(w->a, path), 0600), 0);
    expect_ok(audit_key_load(w->a, path, &k));
    add_tasks(w, 3, 4);
    expect_ok(audit_world_try_seal(w, &k, &done));
    expect_str(audit_world_verify_with(w, &k, &v), STR(""));
    assert_int_equal(v.signed_entries, 2);
}

/* ---- Tampered with ------------------------------------------------------ */

static void a_changed_row_is_found(void **state) {
    database_world *w = sealed_world(state);
    audit_world_sql(w, "UPDATE LOG SET user_id = 'somebody'"
                       " WHERE record_id = '3'");
    audit_world_expect(w, AUDIT_ROW_CHANGED, 1);
    audit_verdict v;
    str text = audit_world_verify(w, &v);
    audit_world_contains(text, "create of Task 3 at ");
    audit_world_contains(text, "(seal 1)");
}

static void a_changed_row_with_a_new_hash_is_found(void **state) {
    database_world *w = sealed_world(state);
    audit_world_sql(w, "UPDATE LOG SET user_id = 'somebody',"
                       " hash = (SELECT hash FROM LOG WHERE record_id = '7')"
                       " WHERE record_id = '3'");
    audit_world_expect(w, AUDIT_ROW_CHANGED, 1);
}

static void a_deleted_row_is_found(void **state) {
    database_world *w = sealed_world(state);
    audit_world_sql(w, "DELETE FROM LOG WHERE record_id IN ('3', '4')");
    audit_world_expect(w, AUDIT_ROW_DELETED, 2);
}

static void all_rows_of_a_seal_deleted_is_found(void **state) {
    database_world *w = sealed_world(state);
    audit_world_sql(w, "DELETE FROM LOG WHERE record_id IN"
                       " ('6', '7', '8', '9', '10')");
    audit_world_expect(w, AUDIT_ROW_DELETED, 5);
}

static void an_inserted_row_is_found(void **state) {
    database_world *w = sealed_world(state);
    if (w->postgres != NULL)
        audit_world_sql(
            w, "INSERT INTO LOG SELECT (jsonb_populate_record(l,"
               " jsonb_build_object('id', gen_random_uuid(),"
               " 'record_id', 'x'))).* FROM LOG l WHERE record_id = '3'");
    else
        audit_world_sql(
            w, "INSERT INTO LOG (position, id, created_at, action, model,"
               " record_id, hash) SELECT 0, 'x', created_at, action, model,"
               " 'x', hash FROM LOG WHERE record_id = '3'");
    audit_world_expect(w, AUDIT_ROW_INSERTED, 1);
}

static void rows_that_trade_places_are_found(void **state) {
    database_world *w = world_here(state);
    if (w->postgres != NULL) /* a row's place is in its hash there */
        skip();
    sealed_world(state);
    audit_world_sql(w, "UPDATE LOG SET position = -position"
                       " WHERE position IN (2, 4)");
    audit_world_sql(w, "UPDATE LOG SET position = 6 + position"
                       " WHERE position < 0");
    audit_verdict v;
    audit_world_verify(w, &v);
    assert_int_equal(v.flaws[AUDIT_ROW_MOVED], v.flaw_count);
    assert_true(v.flaw_count > 0);
}

static void a_changed_seal_is_found(void **state) {
    static const struct {
        const char *sql;
        audit_flaw flaw;
    } CASES[] = {
        {"UPDATE SEAL SET row_count = 4 WHERE number = 1", AUDIT_SEAL_CHANGED},
        {"UPDATE SEAL SET sealed_at = '2020-01-01T00:00:00.000+00:00'"
         " WHERE number = 2",
         AUDIT_SEAL_CHANGED},
        {"UPDATE SEAL SET last_place = '' WHERE number = 2",
         AUDIT_SEAL_CHANGED},
        {"UPDATE SEAL SET row_hashes = root WHERE number = 1",
         AUDIT_SEAL_CHANGED},
        {"UPDATE SEAL SET row_hashes = NULL WHERE number = 1",
         AUDIT_SEAL_CHANGED},
        {"UPDATE SEAL SET signature = root WHERE number = 2",
         AUDIT_SEAL_FORGED},
        {"UPDATE SEAL SET key_id = 'x' WHERE number = 2", AUDIT_SEAL_OTHER_KEY},
        {"UPDATE SEAL SET key_id = NULL, signature = NULL WHERE number = 2",
         AUDIT_SEAL_NOT_SIGNED},
        {"DELETE FROM SEAL WHERE number = 1", AUDIT_SEAL_MISSING},
    };
    database_world *w = sealed_world(state);
    audit_world_sql(w, "CREATE TABLE kept AS SELECT * FROM SEAL");
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        audit_verdict v;
        audit_world_sql(w, CASES[i].sql);
        str text = audit_world_verify(w, &v);
        if (v.flaws[CASES[i].flaw] < 1)
            fail_msg("%s: want '%.*s', got:\n%.*s", CASES[i].sql,
                     STR_ARG(AUDIT_FLAW_NAMES[CASES[i].flaw]), STR_ARG(text));
        audit_world_sql(w, "DELETE FROM SEAL");
        audit_world_sql(w, "INSERT INTO SEAL SELECT * FROM kept");
    }
    audit_verdict v;
    expect_str(audit_world_verify(w, &v), STR(""));
}

/* Who writes the table, and has no key, can make the hash fit. */
static void a_seal_that_counts_past_all_numbers_is_found(void **state) {
    database_world *w = sealed_world(state);
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_WRITE);
    const audit_key none = {0};
    audit_entry newest;
    audit_entry seal;
    audit_verdict v;
    expect_ok(audit_entry_newest(w->a, t, &newest, &seal));
    audit_entry e = {
        .sealed_at = newest.sealed_at,
        .first_row = INT64_MAX,
        .row_count = INT64_MAX,
        .last_place = newest.last_place,
        .root = newest.root,
        .row_hashes = newest.root,
    };
    expect_ok(audit_entry_seal(w->a, &none, &newest, &e));
    expect_ok(audit_entry_insert(w->a, t, &e));
    audit_world_verify(w, &v);
    assert_true(v.flaws[AUDIT_SEAL_CHANGED] > 0);
    assert_int_equal(v.flaws[AUDIT_SEAL_NOT_SIGNED], 1);
    audit_key k = audit_world_key(w, "audit.key");
    audit_sealing done;
    err *failure = audit_world_try_seal(w, &k, &done);
    assert_true(failure != NULL && failure->code == ERR_CORRUPT);
}

static void a_seal_of_another_key_is_found(void **state) {
    database_world *w = sealed_world(state);
    audit_key other = audit_world_key(w, "other.key");
    audit_verdict v;
    audit_world_verify_with(w, &other, &v);
    assert_int_equal(v.flaws[AUDIT_SEAL_OTHER_KEY], 2);
    /* Neither does one help whom somebody else has made. */
    audit_sealing done;
    add_tasks(w, 11, 12);
    expect_ok(audit_world_try_seal(w, &other, &done));
    audit_world_expect(w, AUDIT_SEAL_OTHER_KEY, 1);
}

static void seals_cut_off_are_found_and_nothing_covers_them_up(void **state) {
    database_world *w = sealed_world(state);
    audit_key k = audit_world_key(w, "audit.key");
    audit_sealing done;
    audit_world_sql(w, "DELETE FROM SEAL WHERE number = 2");
    audit_world_sql(w, "DELETE FROM LOG WHERE record_id = '7'");
    audit_world_expect(w, AUDIT_CHAIN_CUT, 1);
    err *e = audit_world_try_seal(w, &k, &done);
    assert_true(e != NULL && e->code == ERR_CONFLICT);
    audit_world_contains(e->message, "seal 2 of the audit log");
    audit_world_expect(w, AUDIT_CHAIN_CUT, 1);
}

static void a_chain_made_anew_is_found(void **state) {
    database_world *w = sealed_world(state);
    audit_key none = {0};
    audit_sealing done;
    audit_world_sql(w, "DELETE FROM SEAL");
    expect_ok(audit_world_try_seal(w, &none, &done));
    add_tasks(w, 11, 11);
    expect_ok(audit_world_try_seal(w, &none, &done));
    audit_verdict v;
    audit_world_verify(w, &v);
    assert_int_equal(v.flaws[AUDIT_CHAIN_CUT], 1);
    assert_int_equal(v.flaws[AUDIT_SEAL_NOT_SIGNED], 2);
}

/* ---- At once ------------------------------------------------------------ */

static void what_is_not_committed_yet_is_sealed_later(void **state) {
    database_world *w = world_here(state);
    if (w->postgres == NULL) /* there is one writer */
        skip();
    audit_verdict v;
    pg_connection *slow = NULL;
    expect_ok(pg_connection_open(w->a, w->config.url, &slow));
    expect_ok(pg_connection_begin(w->a, slow));
    expect_ok(pg_connection_run(w->a, slow, STR(""),
                                STR("INSERT INTO \"Task\" VALUES ('slow')")));
    add_tasks(w, 1, 3); /* with larger numbers, and committed */
    assert_int_equal(audit_world_seal(w).rows, 0);
    expect_ok(pg_connection_commit(w->a, slow));
    pg_connection_close(&slow);
    assert_int_equal(audit_world_seal(w).rows, 4);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 4);
}

/* As if the rows so far had come from a server that has counted further. */
static void seal_as_of_another_server(database_world *w) {
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_WRITE);
    audit_key k = audit_world_key(w, "audit.key");
    target_rows rows = audit_world_rows(w);
    buf hashes = buf_new(SIZE_MAX);
    str bytes;
    for (size_t i = 0; i < rows.row_count; i++)
        buf_append(&hashes, target_cell(&rows, i, LOG_HASH));
    size_t last = rows.row_count - 1;
    audit_place place = {INT64_C(1) << 40,
                         target_cell(&rows, last, LOG_CREATED_AT),
                         target_cell(&rows, last, LOG_ID)};
    assert_true(hex_decode(w->a, buf_str(&hashes), &bytes));
    audit_entry none = {0};
    audit_entry e = {
        .sealed_at = database_world_ask(
            w, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
               " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')"),
        .first_row = 1,
        .row_count = (int64_t)rows.row_count,
        .last_place = audit_place_format(w->a, &place),
        .root = sha256_hex(w->a, bytes),
        .row_hashes = buf_str(&hashes),
    };
    audit_world_sql(w, "UPDATE LOG SET transaction = 1::bigint << 40");
    expect_ok(audit_entry_seal(w->a, &k, &none, &e));
    expect_ok(audit_entry_insert(w->a, t, &e));
    buf_free(&hashes);
}

static void a_restored_dump_goes_on_behind_its_seals(void **state) {
    database_world *w = world_here(state);
    if (w->postgres == NULL) /* a file has its positions in it */
        skip();
    audit_verdict v;
    add_tasks(w, 1, 3);
    seal_as_of_another_server(w);
    for (int i = 4; i < 8; i += 2) {
        (void)usleep(5000);
        add_tasks(w, i, i + 1);
        assert_int_equal(audit_world_seal(w).rows, 2);
    }
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 7);
    assert_int_equal(audit_world_seal(w).rows, 0);
}

typedef struct sealer {
    database_world *w;
    arena *a;
    audit_key key;
    err *failure;
} sealer;

static void *seal_often(void *argument) {
    sealer *s = argument;
    for (int i = 0; i < 20 && s->failure == NULL; i++) {
        target *t = NULL;
        audit_sealing done;
        s->failure = target_open(s->a, s->w->config.url, TARGET_WRITE, &t);
        if (s->failure == NULL)
            s->failure = audit_seal_run(s->a, t, &s->key, &done);
        target_close(&t);
        if (s->failure != NULL && s->failure->code == ERR_BUSY)
            s->failure = NULL;
    }
    return NULL;
}

static void several_nodes_seal_each_row_once(void **state) {
    enum { NODES = 3 };
    database_world *w = world_here(state);
    sealer nodes[NODES];
    pthread_t threads[NODES];
    audit_verdict v;
    audit_key k = audit_world_key(w, "audit.key");
    add_tasks(w, 1, 5);
    for (size_t i = 0; i < NODES; i++) {
        /* Each on a machine of its own. */
        str path = audit_world_key_path(w, i == 0   ? "1.key"
                                           : i == 1 ? "2.key"
                                                    : "3.key");
        nodes[i] = (sealer){.w = w, .a = arena_new(), .key = k};
        nodes[i].key.path = path;
        pthread_create(&threads[i], NULL, seal_often, &nodes[i]);
    }
    add_tasks(w, 6, 60);
    for (size_t i = 0; i < NODES; i++) {
        pthread_join(threads[i], NULL);
        expect_ok(nodes[i].failure);
        arena_free(nodes[i].a);
    }
    audit_world_seal(w);
    expect_str(audit_world_verify(w, &v), STR(""));
    assert_int_equal(v.sealed_rows, 60);
    assert_int_equal(v.unsealed_rows, 0);
}

/* ---- Keys --------------------------------------------------------------- */

static void a_key_that_others_may_read_is_refused(void **state) {
    database_world *w = world_here(state);
    audit_key k;
    str path = audit_world_key_path(w, "audit.key");
    expect_ok(audit_key_create(w->a, path));
    struct stat made;
    assert_int_equal(stat(arena_cstr(w->a, path), &made), 0);
    assert_int_equal(made.st_mode & 0777, 0600);
    assert_int_equal(chmod(arena_cstr(w->a, path), 0640), 0);
    err *e = audit_key_load(w->a, path, &k);
    assert_true(e != NULL && e->code == ERR_DENIED);
}

static void a_head_that_cannot_be_kept_is_told(void **state) {
    database_world *w = world_here(state);
    audit_key k = audit_world_key(w, "audit.key");
    audit_sealing done;
    add_tasks(w, 1, 1);
    k.path = audit_world_key_path(w, "no-folder/audit.key");
    expect_ok(audit_world_try_seal(w, &k, &done));
    assert_int_equal(done.rows, 1);
    assert_non_null(done.unremembered);
}

static void a_missing_key_is_none(void **state) {
    database_world *w = world_here(state);
    audit_key k;
    expect_ok(audit_key_load(w->a, audit_world_key_path(w, "nothing.key"), &k));
    assert_false(k.can_sign);
    assert_int_equal(k.public_count, 0);
}

#define BOTH(fn) WORLD_TESTS(fn, audit_world_setup, audit_world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(rows_are_sealed_once_and_proven),
        BOTH(a_log_without_rows_is_proven),
        BOTH(many_rows_take_several_seals),
        BOTH(without_a_key_seals_are_not_signed),
        BOTH(who_has_the_public_key_alone_can_verify),
        BOTH(a_new_key_still_proves_what_the_old_one_signed),
        BOTH(a_changed_row_is_found),
        BOTH(a_changed_row_with_a_new_hash_is_found),
        BOTH(a_deleted_row_is_found),
        BOTH(all_rows_of_a_seal_deleted_is_found),
        BOTH(an_inserted_row_is_found),
        BOTH(rows_that_trade_places_are_found),
        BOTH(a_changed_seal_is_found),
        BOTH(a_seal_that_counts_past_all_numbers_is_found),
        BOTH(a_seal_of_another_key_is_found),
        BOTH(seals_cut_off_are_found_and_nothing_covers_them_up),
        BOTH(a_chain_made_anew_is_found),
        BOTH(what_is_not_committed_yet_is_sealed_later),
        BOTH(a_restored_dump_goes_on_behind_its_seals),
        BOTH(several_nodes_seal_each_row_once),
        BOTH(a_key_that_others_may_read_is_refused),
        BOTH(a_head_that_cannot_be_kept_is_told),
        BOTH(a_missing_key_is_none),
    };
    return cmocka_run_group_tests_name("database/audit_seal", tests, NULL,
                                       NULL);
}
