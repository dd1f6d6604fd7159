#include "api/rest/range.h"

#include "database/query.h"
#include "test/support/test.h"

static void narrows_limit_and_offset(void **state) {
    arena *a = *state;
    static const struct {
        str header;
        int64_t limit;
        int64_t offset;
        int64_t want_limit;
        int64_t want_offset;
    } CASES[] = {
        {STR_INIT("0-9"), QUERY_NO_LIMIT, 0, 10, 0},
        {STR_INIT("5-5"), QUERY_NO_LIMIT, 0, 1, 5},
        {STR_INIT("5-"), QUERY_NO_LIMIT, 0, QUERY_NO_LIMIT, 5},
        {STR_INIT("items=2-3"), QUERY_NO_LIMIT, 0, 2, 2},
        {STR_INIT("0-9"), 5, 0, 5, 0},
        {STR_INIT("0-4"), 10, 2, 3, 2},
        {STR_INIT("4-8"), 3, 2, 1, 4},
        {STR_INIT("8-9"), 3, 2, 0, 8},
        {STR_INIT("0-4"), QUERY_NO_LIMIT, 3, 2, 3},
        {STR_INIT("0-9223372036854775806"), 7, 1, 7, 1},
        {STR_INIT("3-"), INT64_MAX, 9, INT64_MAX - 9, 9},
        /* Not ours: HTTP says to ignore it. */
        {STR_INIT("bytes=0-9"), QUERY_NO_LIMIT, 0, QUERY_NO_LIMIT, 0},
        {STR_INIT("-5"), QUERY_NO_LIMIT, 0, QUERY_NO_LIMIT, 0},
        {STR_INIT("1-x"), QUERY_NO_LIMIT, 0, QUERY_NO_LIMIT, 0},
        {STR_INIT("7"), QUERY_NO_LIMIT, 0, QUERY_NO_LIMIT, 0},
        {STR_INIT("0-99999999999999999999"), QUERY_NO_LIMIT, 0, QUERY_NO_LIMIT,
         0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        int64_t limit = CASES[i].limit;
        int64_t offset = CASES[i].offset;
        expect_ok(range_apply_header(a, CASES[i].header, &limit, &offset));
        assert_int_equal(limit, CASES[i].want_limit);
        assert_int_equal(offset, CASES[i].want_offset);
    }
}

static void refuses_a_range_that_runs_backwards(void **state) {
    arena *a = *state;
    int64_t limit = QUERY_NO_LIMIT;
    int64_t offset = 0;
    err *e = range_apply_header(a, STR("5-2"), &limit, &offset);
    expect_err(e, ERR_RANGE, STR("Requested range not satisfiable"));
}

static void says_which_rows_the_answer_holds(void **state) {
    arena *a = *state;
    static const struct {
        int64_t offset;
        int64_t count;
        int64_t total;
        int status;
        str range;
    } CASES[] = {
        {0, 25, RANGE_NO_TOTAL, 200, STR_INIT("0-24/*")},
        {0, 25, 573, 206, STR_INIT("0-24/573")},
        {0, 25, 25, 200, STR_INIT("0-24/25")},
        {3, 1, 5, 206, STR_INIT("3-3/5")},
        {0, 0, RANGE_NO_TOTAL, 200, STR_INIT("*/*")},
        {0, 0, 0, 200, STR_INIT("*/0")},
        {5, 0, 5, 206, STR_INIT("*/5")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http_reply reply = {0};
        expect_ok(range_reply(a, &reply, CASES[i].offset, CASES[i].count,
                              CASES[i].total));
        assert_int_equal(reply.status, CASES[i].status);
        expect_str(reply.headers[0].value, CASES[i].range);
    }
    http_reply reply = {0};
    err *e = range_reply(a, &reply, 5, 0, 3);
    expect_err(e, ERR_RANGE, STR("Requested range not satisfiable"));
    expect_str(e->details,
               STR("An offset of 5 was requested, but there are only 3 rows."));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(narrows_limit_and_offset),
        TEST(refuses_a_range_that_runs_backwards),
        TEST(says_which_rows_the_answer_holds),
    };
    return cmocka_run_group_tests_name("api/rest/range", tests, NULL, NULL);
}
