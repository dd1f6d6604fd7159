#include "bin/dotenv.h"

#include "test/support/test.h"

static void reads_names_and_values(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str value;
    } CASES[] = {
        {STR_INIT("NAME=a"), STR_INIT("a")},
        {STR_INIT("  NAME = a b  "), STR_INIT("a b")},
        {STR_INIT("export NAME=a"), STR_INIT("a")},
        {STR_INIT("NAME="), STR_INIT("")},
        {STR_INIT("NAME=a # note"), STR_INIT("a")},
        {STR_INIT("NAME=#fff"), STR_INIT("#fff")},
        {STR_INIT("NAME=a#b"), STR_INIT("a#b")},
        {STR_INIT("NAME='a # \\n b' # note"), STR_INIT("a # \\n b")},
        {STR_INIT("NAME=\"a\\n\\\"b\\\\\""), STR_INIT("a\n\"b\\")},
        {STR_INIT("NAME=a\r\n"), STR_INIT("a")},
        {STR_INIT("# first\n\nNAME=a\nNAME=b\n"), STR_INIT("b")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        dotenv d;
        expect_ok(dotenv_parse(a, CASES[i].text, &d));
        const dotenv_entry *entry = dotenv_find(&d, STR("NAME"));
        assert_non_null(entry);
        expect_str(entry->value, CASES[i].value);
    }
}

static void names_the_broken_line(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str message;
    } CASES[] = {
        {STR_INIT("A=1\nB"), STR_INIT(".env line 2: expected NAME=value")},
        {STR_INIT("=1"), STR_INIT(".env line 1: expected NAME=value")},
        {STR_INIT("A=\"x"), STR_INIT(".env line 1: a quote is not closed")},
        {STR_INIT("A='x' y"),
         STR_INIT(".env line 1: text after the closing quote")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        dotenv d;
        expect_err(dotenv_parse(a, CASES[i].text, &d), ERR_INVALID,
                   CASES[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_names_and_values),
        TEST(names_the_broken_line),
    };
    return cmocka_run_group_tests_name("bin/dotenv", tests, NULL, NULL);
}
