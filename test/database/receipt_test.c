/* Writes that happen once for a key, on both engines. */
#include "database/receipt.h"

#include "base/clock.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Item {\n"
                             "  id   Int    @id\n"
                             "  name String @unique\n"
                             "}\n";

typedef struct writing {
    database_world *w;
    mutation mutation;
    receipt once;
    mutation_result result;
    size_t failed_at;
    err *failure;
    int seals;
    err *refusal; /* of the seal */
} writing;

static err *seal(void *context, arena *a, const mutation_result *results,
                 receipt_answer *out) {
    writing *x = context;
    x->seals++;
    *out = (receipt_answer){
        .status = 201,
        .headers = STR("a: b\n"),
        .body = arena_printf(a, "%d inserted", (int)results[0].inserted),
    };
    return x->refusal;
}

static writing insert(database_world *w, int64_t id, const char *name) {
    value *row = arena_new_array(w->a, value, 2);
    row[0] = value_int(id);
    row[1] = value_text(name);
    return (writing){
        .w = w,
        .mutation = world_insert(w, "Item", "id name", row, 1),
        .once = {.scope = STR("s"),
                 .key = STR("k"),
                 .fingerprint = STR("f"),
                 .now_ms = clock_wall_ms(NULL),
                 .seal = seal},
    };
}

static err *run(void *argument) {
    writing *x = argument;
    const mutation *all[] = {&x->mutation};
    x->once.context = x;
    x->failure = database_mutate_once(x->w->session, x->w->a, all, 1, &x->once,
                                      &x->result, &x->failed_at);
    return NULL;
}

static err *do_once(writing *x) {
    expect_ok(database_world_run(x->w, run, x));
    return x->failure;
}

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

static str count_items(const database_world *w) {
    return database_world_ask(w, "SELECT count(*) FROM \"Item\"");
}

static const char *table_of(const database_world *w) {
    return w->postgres != NULL ? "tenon.idempotency" : "tenon_idempotency";
}

static str count_receipts(const database_world *w) {
    str sql = arena_printf(w->a, "SELECT count(*) FROM %s", table_of(w));
    return database_world_ask(w, sql.ptr);
}

static void make_old(const database_world *w) {
    database_world_sql(
        w, w->postgres != NULL
               ? "UPDATE tenon.idempotency SET created_at = created_at -"
                 " interval '24 hours'"
               : "UPDATE tenon_idempotency SET created_at = created_at -"
                 " 24 * 60 * 60 * 1000");
}

static void a_repetition_is_given_the_answer(void **state) {
    database_world *w = world_here(state);
    writing first = insert(w, 1, "a");
    writing again = insert(w, 1, "a");
    expect_ok(do_once(&first));
    assert_false(first.once.is_repeat);
    assert_int_equal(first.result.inserted, 1);
    expect_ok(do_once(&again));
    assert_true(again.once.is_repeat);
    assert_int_equal(again.seals, 0);
    assert_int_equal(again.once.answer.status, 201);
    expect_str(again.once.answer.headers, STR("a: b\n"));
    expect_str(again.once.answer.body, STR("1 inserted"));
    expect_str(count_items(w), STR("1"));
}

static void the_key_of_another_request_is_refused(void **state) {
    database_world *w = world_here(state);
    writing first = insert(w, 1, "a");
    writing other = insert(w, 2, "b");
    expect_ok(do_once(&first));
    other.once.fingerprint = STR("g");
    expect_err(do_once(&other), ERR_KEY_REUSED,
               STR("this Idempotency-Key was used for another request"));
    assert_int_equal(other.failed_at, 1);
    other.once.scope = STR("somebody else");
    expect_ok(do_once(&other));
    expect_str(count_items(w), STR("2"));
}

static void what_failed_keeps_nothing(void **state) {
    database_world *w = world_here(state);
    writing taken = insert(w, 1, "a");
    writing first = insert(w, 2, "a");
    taken.once.key = STR("other");
    expect_ok(do_once(&taken));
    assert_non_null(do_once(&first));
    assert_int_equal(first.failed_at, 0);
    expect_str(count_receipts(w), STR("1"));
    writing again = insert(w, 2, "b");
    expect_ok(do_once(&again));
    assert_false(again.once.is_repeat);
}

static void a_seal_that_fails_undoes_the_write(void **state) {
    database_world *w = world_here(state);
    writing x = insert(w, 1, "a");
    x.refusal = err_new(w->a, ERR_TOO_LARGE, "too long an answer");
    expect_err(do_once(&x), ERR_TOO_LARGE, STR("too long an answer"));
    assert_int_equal(x.failed_at, 1);
    expect_str(count_items(w), STR("0"));
    writing again = insert(w, 1, "a");
    expect_ok(do_once(&again));
    assert_false(again.once.is_repeat);
}

static void a_dry_run_keeps_nothing(void **state) {
    database_world *w = world_here(state);
    writing x = insert(w, 1, "a");
    x.mutation.is_rolled_back = true;
    expect_ok(do_once(&x));
    assert_int_equal(x.seals, 1);
    x = insert(w, 1, "a");
    expect_ok(do_once(&x));
    assert_false(x.once.is_repeat);
}

static void a_key_is_free_again_after_a_day(void **state) {
    database_world *w = world_here(state);
    writing first = insert(w, 1, "a");
    writing again = insert(w, 2, "b");
    expect_ok(do_once(&first));
    make_old(w);
    again.once.fingerprint = STR("g");
    expect_ok(do_once(&again));
    assert_false(again.once.is_repeat);
    expect_str(count_receipts(w), STR("1"));
}

static void each_write_takes_some_old_receipts_away(void **state) {
    database_world *w = world_here(state);
    writing first = insert(w, 1, "a");
    expect_ok(do_once(&first));
    make_old(w);
    str more = arena_printf(
        w->a,
        "INSERT INTO %s (scope, key, fingerprint, status, headers, body,"
        " created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
        " FROM n WHERE i < 19) SELECT 's', 'k' || i, fingerprint, status,"
        " headers, body, created_at FROM n, %s",
        table_of(w), table_of(w));
    database_world_sql(w, more.ptr);
    writing second = insert(w, 2, "b");
    second.once.key = STR("new");
    expect_ok(do_once(&second));
    expect_str(count_receipts(w), STR("5"));
    writing third = insert(w, 3, "c");
    third.once.key = STR("newer");
    expect_ok(do_once(&third));
    expect_str(count_receipts(w), STR("2"));
}

static void the_table_is_no_difference_to_the_schema(void **state) {
    database_world *w = world_here(state);
    writing x = insert(w, 1, "a");
    str report;
    expect_ok(do_once(&x));
    database_world_close(w);
    expect_ok(database_world_push(w, &report));
    expect_str(report,
               STR("nothing to do: the database is what the schema says\n"));
    expect_ok(database_world_open(w));
    writing again = insert(w, 1, "a");
    expect_ok(do_once(&again));
    assert_true(again.once.is_repeat);
}

/* ---- PostgreSQL's own --------------------------------------------------- */

static void a_key_that_somebody_is_at_is_busy(void **state) {
    database_world *w = world_here(state);
    writing x = insert(w, 1, "a");
    database_world_sql(w, "SELECT pg_advisory_lock(hashtextextended("
                          "'tenon.idempotency s k', 0))");
    expect_err(do_once(&x), ERR_KEY_BUSY,
               STR("the request with this Idempotency-Key is still running"));
    database_world_sql(w, "SELECT pg_advisory_unlock_all()");
    expect_ok(do_once(&x));
    assert_false(x.once.is_repeat);
}

static void without_the_table_it_says_how_to_make_it(void **state) {
    database_world *w = world_here(state);
    writing x = insert(w, 1, "a");
    database_world_sql(w, "DROP TABLE tenon.idempotency");
    expect_err(do_once(&x), ERR_UNSUPPORTED,
               STR("Idempotency-Key needs the table tenon.idempotency"));
    expect_str(count_items(w), STR("0"));
    str report;
    expect_ok(database_world_push(w, &report));
    expect_ok(do_once(&x));
}

#define ON_POSTGRESQL(fn)                                                      \
    { #fn, fn, setup, teardown, world_postgresql() }

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(a_repetition_is_given_the_answer, setup, teardown),
        WORLD_TESTS(the_key_of_another_request_is_refused, setup, teardown),
        WORLD_TESTS(what_failed_keeps_nothing, setup, teardown),
        WORLD_TESTS(a_seal_that_fails_undoes_the_write, setup, teardown),
        WORLD_TESTS(a_dry_run_keeps_nothing, setup, teardown),
        WORLD_TESTS(a_key_is_free_again_after_a_day, setup, teardown),
        WORLD_TESTS(each_write_takes_some_old_receipts_away, setup, teardown),
        WORLD_TESTS(the_table_is_no_difference_to_the_schema, setup, teardown),
        ON_POSTGRESQL(a_key_that_somebody_is_at_is_busy),
        ON_POSTGRESQL(without_the_table_it_says_how_to_make_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
