#include "base/str.h"

#include "test/support/test.h"

static void splits_at_a_separator(void **state) {
    (void)state;
    str rest = STR("a,,b");
    expect_str(str_split(&rest, ','), STR("a"));
    expect_str(str_split(&rest, ','), STR(""));
    expect_str(str_split(&rest, ','), STR("b"));
    assert_true(str_is_empty(rest));
}

static void reads_integers_that_fit(void **state) {
    (void)state;
    static const struct {
        str text;
        bool is_read;
        int64_t value;
    } CASES[] = {
        {STR_INIT("0"), true, 0},
        {STR_INIT("-1"), true, -1},
        {STR_INIT("007"), true, 7},
        {STR_INIT("9223372036854775807"), true, INT64_MAX},
        {STR_INIT("-9223372036854775808"), true, INT64_MIN},
        {STR_INIT("9223372036854775808"), false, 42},
        {STR_INIT("-9223372036854775809"), false, 42},
        {STR_INIT(""), false, 42},
        {STR_INIT("-"), false, 42},
        {STR_INIT("+1"), false, 42},
        {STR_INIT("1 "), false, 42},
        {STR_INIT("1x"), false, 42},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        int64_t n = 42;
        assert_int_equal(str_parse_int64(CASES[i].text, &n), CASES[i].is_read);
        assert_true(n == CASES[i].value);
    }
}

static void compares_by_bytes_and_length(void **state) {
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_compare((str){0}, STR("")), 0);
    assert_true(str_equal_ignoring_case(STR("Host"), STR("hOST")));
    assert_false(str_equal_ignoring_case(STR("@"), STR("`")));
}

/* Only ASCII letters have another case, wherever they stand. */
static void ignores_the_case_of_ascii_letters_only(void **state) {
    (void)state;
    char a[20];
    char b[20];
    memset(a, 'x', sizeof a);
    memset(b, 'X', sizeof b);
    for (size_t len = 1; len <= sizeof a; len++) {
        for (size_t at = 0; at < len; at++) {
            for (int i = 0; i < 256; i++) {
                bool is_lower = i >= 'a' && i <= 'z';
                bool is_upper = i >= 'A' && i <= 'Z';
                a[at] = (char)i;
                b[at] = (char)(i ^ 0x20);
                assert_int_equal(
                    str_equal_ignoring_case((str){a, len}, (str){b, len}),
                    is_lower || is_upper);
            }
            a[at] = 'x';
            b[at] = 'X';
        }
    }
}

static void trims_and_slices(void **state) {
    (void)state;
    expect_str(str_trim(STR(" \t a b\r\n")), STR("a b"));
    expect_str(str_trim(STR("  ")), STR(""));
    expect_str(str_slice(STR("abcd"), 1, 3), STR("bc"));
    assert_true(str_starts_with(STR("abc"), STR("ab")));
    assert_true(str_ends_with(STR("abc"), STR("bc")));
    assert_false(str_ends_with(STR("c"), STR("bc")));
}

static void contains_its_parts(void **state) {
    (void)state;
    assert_true(str_contains(STR("abc"), STR("bc")));
    assert_true(str_contains(STR("abc"), STR("abc")));
    assert_true(str_contains(STR("abc"), STR("")));
    assert_true(str_contains((str){0}, (str){0}));
    assert_false(str_contains(STR("abc"), STR("ac")));
    assert_false(str_contains(STR("abc"), STR("abcd")));
    assert_false(str_contains((str){0}, STR("a")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(contains_its_parts),
        TEST(splits_at_a_separator),
        TEST(reads_integers_that_fit),
        TEST(compares_by_bytes_and_length),
        TEST(ignores_the_case_of_ascii_letters_only),
        TEST(trims_and_slices),
    };
    return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
