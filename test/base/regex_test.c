#include "base/regex.h"

#include "test/support/test.h"

static regex_answer ask(arena *a, const char *pattern, str text) {
    const regex *r = NULL;
    expect_ok(regex_compile(a, str_of(pattern), &r));
    return regex_match(a, r, text);
}

static void matches_like_ecmascript(void **state) {
    static const struct {
        const char *pattern;
        str text;
        bool matches;
    } CASES[] = {
        {"^[a-z]+$", STR_INIT("abc"), true},
        {"^[a-z]+$", STR_INIT("abc\n"), false},
        {"^[a-z]+$", STR_INIT(""), false},
        {"b", STR_INIT("abc"), true},
        {"^.$", STR_INIT("\xc3\xa9"), true},
        {"^\\u00e9$", STR_INIT("\xc3\xa9"), true},
        {"^\\d$", STR_INIT("5"), true},
        {"^\\d$", STR_INIT("\xd9\xa5"), false}, /* an Arabic five */
        {"^(?=.*\\d)(?=.*[a-z]).{8,}$", STR_INIT("abcdefg1"), true},
        {"^(?=.*\\d)(?=.*[a-z]).{8,}$", STR_INIT("abcdefgh"), false},
        {"", STR_INIT(""), true},
        {"[]", STR_INIT("x"), false},
        {"x", STR_INIT("x\xff"), false},
        {"^.$", STR_INIT("\xed\xa0\x80"), false}, /* half a pair */
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        regex_answer got = ask(*state, CASES[i].pattern, CASES[i].text);
        if (got != (CASES[i].matches ? REGEX_YES : REGEX_NO))
            print_error("case %zu: %s\n", i, CASES[i].pattern);
        assert_int_equal(got, CASES[i].matches ? REGEX_YES : REGEX_NO);
    }
}

static void says_where_a_pattern_is_wrong(void **state) {
    arena *a = *state;
    const regex *r = NULL;
    expect_err(regex_compile(a, STR("a(b"), &r), ERR_INVALID,
               STR("missing closing parenthesis at byte 3"));
    expect_err(regex_compile(a, STR("[z-a]"), &r), ERR_INVALID,
               STR("range out of order in character class at byte 3"));
    assert_non_null(regex_compile(a, STR("\\C"), &r));
    assert_null(r);
}

static str repeat(arena *a, char c, size_t count, const char *end) {
    char *text = arena_take(a, count + 1, 1);
    memset(text, c, count);
    text[count] = end[0];
    return (str){text, count + 1};
}

/* Each step of these doubles with every byte. */
static void gives_up_on_texts_made_to_be_slow(void **state) {
    arena *a = *state;
    static const char *const PATTERNS[] = {"^(a+)+$", "^(a|aa)+$",
                                           "^([a-z]+)*$"};
    for (size_t i = 0; i < LENGTH(PATTERNS); i++)
        assert_int_equal(ask(a, PATTERNS[i], repeat(a, 'a', 60, "!")),
                         REGEX_TOO_COSTLY);
}

/* From each of a hundred thousand places they read to the end. */
static void gives_up_on_repeats_from_everywhere(void **state) {
    arena *a = *state;
    static const struct {
        const char *pattern;
        char filling;
    } CASES[] = {
        {"\\s+$", ' '},      {"^\\S|\\s+$", ' '},
        {"[ a-z]*\\d", 'a'}, {"(?: +)$", ' '},
        {" +?$", ' '},       {"(?=.*!)(?=.*[a!])\\d{8,}", 'a'},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str text = repeat(a, CASES[i].filling, 100 * 1000, "!");
        regex_answer got = ask(a, CASES[i].pattern, text);
        if (got != REGEX_TOO_COSTLY)
            print_error("case %zu: %s\n", i, CASES[i].pattern);
        assert_int_equal(got, REGEX_TOO_COSTLY);
    }
}

static void reads_long_texts_with_honest_patterns(void **state) {
    arena *a = *state;
    str text = repeat(a, 'a', 20 * 1000, "b");
    static const char *const PATTERNS[] = {"^[a-z]+$", "^a*b$", "^(?:a|b)+$",
                                           "b", "(?=.*b)a{8,}"};
    for (size_t i = 0; i < LENGTH(PATTERNS); i++)
        assert_int_equal(ask(a, PATTERNS[i], text), REGEX_YES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(matches_like_ecmascript),
        TEST(says_where_a_pattern_is_wrong),
        TEST(gives_up_on_texts_made_to_be_slow),
        TEST(gives_up_on_repeats_from_everywhere),
        TEST(reads_long_texts_with_honest_patterns),
    };
    return cmocka_run_group_tests_name("base/regex", tests, NULL, NULL);
}
