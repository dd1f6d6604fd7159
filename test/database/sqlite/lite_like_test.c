#include "database/sqlite/lite_like.h"

#include "test/support/test.h"

static void matches_as_postgresql_does(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
        bool ignores_case;
        lite_like_result result;
    } CASES[] = {
        {"", "", false, LITE_LIKE_YES},
        {"", "a", false, LITE_LIKE_NO},
        {"%", "", false, LITE_LIKE_YES},
        {"%%", "", false, LITE_LIKE_YES},
        {"_", "", false, LITE_LIKE_NO},
        {"abc", "abc", false, LITE_LIKE_YES},
        {"abc", "abcd", false, LITE_LIKE_NO},
        {"abc%", "abcd", false, LITE_LIKE_YES},
        {"%c", "abcc", false, LITE_LIKE_YES},
        {"%b%", "abc", false, LITE_LIKE_YES},
        {"%b%", "ac", false, LITE_LIKE_NO},
        {"a%b%c", "aXbXbYc", false, LITE_LIKE_YES},
        {"a%b%c", "aXbXbYd", false, LITE_LIKE_NO},
        {"%ab", "aab", false, LITE_LIKE_YES},
        {"%aab", "aaab", false, LITE_LIKE_YES},
        {"%%a%%b", "xaxb", false, LITE_LIKE_YES},
        {"__", "ab", false, LITE_LIKE_YES},
        {"__", "a", false, LITE_LIKE_NO},
        {"%_", "", false, LITE_LIKE_NO},
        {"_%_", "ab", false, LITE_LIKE_YES},
        {"%_a", "aa", false, LITE_LIKE_YES},
        /* one character, whatever its bytes */
        {"_", "\xc3\xa4", false, LITE_LIKE_YES},
        {"__", "\xc3\xa4", false, LITE_LIKE_NO},
        {"%_", "\xf0\x9f\x98\x80", false, LITE_LIKE_YES},
        {"a\\%b", "a%b", false, LITE_LIKE_YES},
        {"a\\%b", "axb", false, LITE_LIKE_NO},
        {"a\\_b", "a_b", false, LITE_LIKE_YES},
        {"a\\_b", "axb", false, LITE_LIKE_NO},
        {"a\\\\b", "a\\b", false, LITE_LIKE_YES},
        {"a\\b", "ab", false, LITE_LIKE_YES},
        {"%\\%", "5%", false, LITE_LIKE_YES},
        {"a\\", "a\\", false, LITE_LIKE_BAD_PATTERN},
        {"a\\\\", "a\\", false, LITE_LIKE_YES},
        {"ABC", "abc", false, LITE_LIKE_NO},
        {"ABC", "abc", true, LITE_LIKE_YES},
        {"%B%", "abc", true, LITE_LIKE_YES},
        {"\xc3\x84rger", "\xc3\xa4RGER", true, LITE_LIKE_YES},
        {"%\xd0\x9c\xd0\x98\xd0\xa0", "\xd0\xbc\xd0\xb8\xd1\x80", true,
         LITE_LIKE_YES},
        {"\xce\xa3", "\xcf\x83", true, LITE_LIKE_YES},
        {"[", "{", true, LITE_LIKE_NO},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        lite_like_result got =
            lite_like(str_of(CASES[i].pattern), str_of(CASES[i].text),
                      CASES[i].ignores_case, (lite_like_watch){0});
        if (got != CASES[i].result)
            fail_msg("'%s' LIKE '%s': got %d, want %d", CASES[i].text,
                     CASES[i].pattern, got, CASES[i].result);
    }
}

/* The obvious way, exponential and all; ASCII only. */
static bool slow_like(const char *pattern, const char *text) {
    if (*pattern == '%')
        return slow_like(pattern + 1, text) ||
               (*text != '\0' && slow_like(pattern, text + 1));
    if (*pattern == '\0' || *text == '\0')
        return *pattern == *text;
    return (*pattern == '_' || *pattern == *text) &&
           slow_like(pattern + 1, text + 1);
}

/* Writes the n-th word over the letters into out. */
static void write_word(char *out, unsigned n, const char *letters,
                       unsigned letter_count) {
    for (; n > 0; n = (n - 1) / letter_count)
        *out++ = letters[(n - 1) % letter_count];
    *out = '\0';
}

static void agrees_with_the_obvious_way_on_all_short_words(void **state) {
    (void)state;
    enum { PATTERNS = 1365 /* up to 5 of 4 letters */, TEXTS = 127 };
    for (unsigned p = 0; p < PATTERNS; p++) {
        char pattern[16];
        write_word(pattern, p, "ab%_", 4);
        for (unsigned t = 0; t < TEXTS; t++) {
            char text[16];
            write_word(text, t, "ab", 2);
            bool got = lite_like(str_of(pattern), str_of(text), false,
                                 (lite_like_watch){0}) == LITE_LIKE_YES;
            bool folded = lite_like(str_of(pattern), str_of(text), true,
                                    (lite_like_watch){0}) == LITE_LIKE_YES;
            bool want = slow_like(pattern, text);
            if (got != want || folded != want)
                fail_msg("'%s' LIKE '%s'", text, pattern);
        }
    }
}

static int count_and_give_up(void *argument) {
    int *ticks = argument;
    return ++*ticks == 3;
}

/* 100 KB of a against 1 KB of a and a b would be 100 million comparisons. */
static void a_long_match_can_be_ended(void **state) {
    arena *a = *state;
    enum { TEXT = 100 * 1000, PATTERN = 1000 };
    char *text = arena_new_array(a, char, TEXT);
    char *pattern = arena_new_array(a, char, PATTERN + 2);
    memset(text, 'a', TEXT);
    memset(pattern, 'a', PATTERN);
    pattern[0] = '%';
    pattern[PATTERN] = 'b';
    int ticks = 0;
    lite_like_result result =
        lite_like((str){pattern, PATTERN + 1}, (str){text, TEXT}, false,
                  (lite_like_watch){count_and_give_up, &ticks});
    assert_int_equal(result, LITE_LIKE_GAVE_UP);
    assert_int_equal(ticks, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(matches_as_postgresql_does),
        TEST(agrees_with_the_obvious_way_on_all_short_words),
        TEST(a_long_match_can_be_ended),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_like", tests, NULL,
                                       NULL);
}
