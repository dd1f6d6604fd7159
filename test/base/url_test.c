#include "base/url.h"

#include "test/support/test.h"

static void decodes_escapes_and_in_a_query_the_plus(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str in_path;
        str in_query;
    } CASES[] = {
        {STR_INIT(""), STR_INIT(""), STR_INIT("")},
        {STR_INIT("plain"), STR_INIT("plain"), STR_INIT("plain")},
        {STR_INIT("a%20b"), STR_INIT("a b"), STR_INIT("a b")},
        {STR_INIT("a+b"), STR_INIT("a+b"), STR_INIT("a b")},
        {STR_INIT("%2b+%2B"), STR_INIT("+++"), STR_INIT("+ +")},
        {STR_INIT("%C3%a9"), STR_INIT("\xc3\xa9"), STR_INIT("\xc3\xa9")},
        {STR_INIT("100%25"), STR_INIT("100%"), STR_INIT("100%")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str got;
        expect_ok(url_decode_path(a, CASES[i].text, &got));
        expect_str(got, CASES[i].in_path);
        expect_ok(url_decode_query(a, CASES[i].text, &got));
        expect_str(got, CASES[i].in_query);
    }
}

static void refuses_what_is_no_text(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str message;
    } CASES[] = {
        {STR_INIT("%"),
         STR_INIT("'%' without two hexadecimal digits in the URL")},
        {STR_INIT("a%2"),
         STR_INIT("'%' without two hexadecimal digits in the URL")},
        {STR_INIT("%zz"),
         STR_INIT("'%' without two hexadecimal digits in the URL")},
        {STR_INIT("%ff"), STR_INIT("the URL is not valid UTF-8")},
        {STR_INIT("\xc0\x80"), STR_INIT("the URL is not valid UTF-8")},
        {STR_INIT("%ed%a0%80"), STR_INIT("the URL is not valid UTF-8")},
        {STR_INIT("a%00b"), STR_INIT("NUL in the URL")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str got;
        expect_err(url_decode_query(a, CASES[i].text, &got), ERR_QUERY_SYNTAX,
                   CASES[i].message);
    }
}

static void reads_what_it_writes(void **state) {
    arena *a = *state;
    static const str TEXTS[] = {
        STR_INIT(""),
        STR_INIT("a-b.c_d~e"),
        STR_INIT("a b&c=d+e%f/g?h"),
        STR_INIT("\xc3\xa9\xf0\x9f\x9a\x80"),
    };
    for (size_t i = 0; i < LENGTH(TEXTS); i++) {
        str got;
        expect_ok(url_decode_query(a, url_encode(a, TEXTS[i]), &got));
        expect_str(got, TEXTS[i]);
    }
    expect_str(url_encode(a, STR("a b")), STR("a%20b"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(decodes_escapes_and_in_a_query_the_plus),
        TEST(refuses_what_is_no_text),
        TEST(reads_what_it_writes),
    };
    return cmocka_run_group_tests_name("base/url", tests, NULL, NULL);
}
