#include "database/ordinals.h"

#include "test/support/test.h"

static void reads_what_it_writes(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {
        "",
        "1",
        "1-2",
        "7 9-4096 5000",
        "1-9223372036854775807",
        "9223372036854775805 9223372036854775807",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        ordinals set;
        assert_true(ordinals_parse(a, str_of(CASES[i]), &set));
        expect_str(ordinals_format(a, &set), str_of(CASES[i]));
    }
}

static void refuses_other_spellings(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {
        "0",
        "-1",
        "01",
        "1 ",
        " 1",
        "1  3",
        "2-2",
        "3-2",
        "1 2",
        "1-2 3",
        "5 3",
        "1-3 2",
        "1-",
        "a",
        "9223372036854775808",
        "9223372036854775807 1",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        ordinals set;
        if (ordinals_parse(a, str_of(CASES[i]), &set))
            fail_msg("'%s' was read", CASES[i]);
    }
}

static void numbers_in_any_order_become_ranges(void **state) {
    arena *a = *state;
    int64_t numbers[] = {5, 1, 3, 2, 9, 2};
    ordinals set = ordinals_of(a, numbers, LENGTH(numbers));
    expect_str(ordinals_format(a, &set), STR("1-3 5 9"));
    assert_int_equal(ordinals_count(&set), 5);
}

static void ranges_that_touch_become_one(void **state) {
    arena *a = *state;
    ordinal_range ranges[] = {{10, 12}, {1, 3}, {4, 6}, {11, 20}, {30, 30}};
    ordinals set = ordinals_merge(a, ranges, LENGTH(ranges));
    expect_str(ordinals_format(a, &set), STR("1-6 10-20 30"));
}

static void knows_what_is_in_it(void **state) {
    arena *a = *state;
    ordinals set;
    assert_true(ordinals_parse(a, STR("2-4 7 9-10"), &set));
    static const bool IS_IN[] = {
        [2] = true, [3] = true,  [4] = true,  [7] = true,
        [9] = true, [10] = true, [11] = false};
    for (size_t n = 0; n < LENGTH(IS_IN); n++)
        assert_int_equal(ordinals_has(&set, (int64_t)n), IS_IN[n]);
    assert_true(ordinals_has_all(&set, 2, 4));
    assert_true(ordinals_has_all(&set, 7, 7));
    assert_false(ordinals_has_all(&set, 4, 5));
    assert_false(ordinals_has_all(&set, 4, 7));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_what_it_writes),
        TEST(refuses_other_spellings),
        TEST(numbers_in_any_order_become_ranges),
        TEST(ranges_that_touch_become_one),
        TEST(knows_what_is_in_it),
    };
    return cmocka_run_group_tests_name("database/ordinals", tests, NULL, NULL);
}
