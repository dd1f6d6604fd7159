#include "core/write_rate.h"

#include "core/mutation_engine.h"
#include "test/support/fake_engine.h"
#include "test/support/test.h"

enum { LIMIT_MS = 10000 };

static write_load load_of(const fake_engine *e, int64_t rows) {
    write_load load = {0};
    mutation m = {.kind = MUTATION_INSERT,
                  .model = schema_find_table(e->app.schema, STR("task")),
                  .row_count = (size_t)rows};
    write_load_add(&load, &m);
    return load;
}

static fake_engine *open_engine(arena *a, write_rate *rate) {
    fake_engine *e = fake_engine_new(a);
    write_rate_init(rate, ENGINE_SQLITE, LIMIT_MS);
    e->app.write_rate = rate;
    return e;
}

static void begins_with_what_a_slow_machine_needs(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    write_load load = load_of(e, 10000);
    assert_int_equal(write_rate_estimate_ms(&rate, &load), 500);
    write_rate_init(&rate, ENGINE_POSTGRESQL, LIMIT_MS);
    assert_int_equal(write_rate_estimate_ms(&rate, &load), 1000);
}

static void comes_closer_to_what_is_measured(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    write_load load = load_of(e, 10000);
    int64_t before = 500;
    for (int i = 0; i < 30; i++) {
        write_rate_learn(&rate, &load, 100 * 1000);
        int64_t now = write_rate_estimate_ms(&rate, &load);
        assert_true(now <= before && now >= 100);
        before = now;
    }
    assert_in_range(before, 100, 110);
}

/* An update of which nobody knows the rows is not a matter of rates. */
static void counts_what_is_known(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    write_load load = load_of(e, 5);
    mutation m = {.kind = MUTATION_UPDATE,
                  .model = load.model,
                  .field_count = 1,
                  .row_count = 1};
    write_load_add(&load, &m);
    assert_int_equal(load.total, 5);
    m.expected = &(const mutation_expectation){7, MUTATION_ANY_COUNT};
    write_load_add(&load, &m);
    assert_int_equal(load.total, 12);
    assert_int_equal(load.rows[MUTATION_UPDATE], 7);
}

static void what_does_not_fit_is_refused_with_what_would(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    write_load fits = load_of(e, 100000);
    write_load is_more = load_of(e, 100100);
    int64_t limit_ms;
    expect_ok(write_rate_check(&e->caller, &fits, &limit_ms));
    assert_int_equal(limit_ms, 0);
    err *failure = write_rate_check(&e->caller, &is_more, &limit_ms);
    expect_err(failure, ERR_TOO_LARGE,
               STR("writing 100100 rows of \"task\" would take too long"));
    expect_str(failure->details,
               STR("about 6 s at the rate of the last writes; one request may "
                   "take 10 s, with a margin of two"));
    expect_str(failure->hint,
               STR("send at most 100000 rows at once, or with Prefer: "
                   "respond-async, which makes a job of it"));
}

static void a_bad_hour_does_not_shut_the_door(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    write_load load = load_of(e, 2000);
    int64_t limit_ms;
    int refused = 0;
    write_rate_learn(&rate, &load, INT64_C(300) * 1000 * 1000);
    while (write_rate_check(&e->caller, &load, &limit_ms) != NULL)
        refused++;
    assert_in_range(refused, 1, 40);
}

static void a_job_may_take_longer(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    write_load load = load_of(e, 200000);
    int64_t limit_ms;
    e->caller.is_job = true;
    expect_ok(write_rate_check(&e->caller, &load, &limit_ms));
    assert_int_equal(limit_ms, 40000);
    load = load_of(e, 1000100);
    expect_err(write_rate_check(&e->caller, &load, &limit_ms), ERR_TOO_LARGE,
               STR("writing 1000100 rows of \"task\" would take too long"));
}

static void the_engine_asks_before_it_writes(void **state) {
    write_rate rate;
    fake_engine *e = open_engine(*state, &rate);
    enum { ROWS = 1000 };
    const field *fields[] = {fake_engine_field(e, "task", "title")};
    value *cells = arena_new_array(*state, value, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        cells[i] = (value){.kind = VALUE_TEXT, .text = STR("x")};
    mutation m = {.kind = MUTATION_INSERT,
                  .model = fields[0]->model,
                  .fields = fields,
                  .field_count = 1,
                  .values = cells,
                  .row_count = ROWS,
                  .max_rows = MUTATION_ANY_COUNT};
    mutation_result result;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_int_equal(result.affected, ROWS);
    assert_true(atomic_load(&rate.ns_per_row[MUTATION_INSERT]) < 50000);
    rate.limit_ms = 1;
    expect_err(mutation_engine_run(&e->caller, &m, &result), ERR_TOO_LARGE,
               STR("writing 1000 rows of \"task\" would take too long"));
    assert_int_equal(e->mutation_count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(begins_with_what_a_slow_machine_needs),
        TEST(comes_closer_to_what_is_measured),
        TEST(counts_what_is_known),
        TEST(what_does_not_fit_is_refused_with_what_would),
        TEST(a_bad_hour_does_not_shut_the_door),
        TEST(a_job_may_take_longer),
        TEST(the_engine_asks_before_it_writes),
    };
    return cmocka_run_group_tests_name("core/write_rate", tests, NULL, NULL);
}
