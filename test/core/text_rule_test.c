#include "core/text_rule.h"

#include "test/support/test.h"

static const char LONG_LOCAL[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.de";

static void takes_addresses_that_mail_can_go_to(void **state) {
    (void)state;
    static const char *const GOOD[] = {
        "ada@example.org", "a.b+c@d-e.co.uk", "o'neil@x.museum",    "1@2.de",
        "_@x.de",          LONG_LOCAL + 1,    "x@xn--bcher-kva.de",
    };
    static const char *const BAD[] = {
        "",         "ada",         "@x.de",      "ada@",      "ada@x",
        "a@x..de",  ".a@x.de",     "a.@x.de",    "a..b@x.de", "a b@x.de",
        "a@x.de ",  "a@-x.de",     "a@x-.de",    "a@x.d",     "a@x.de.",
        "a@b@x.de", "a@[1.2.3.4]", "a@1.2.3.44", "ä@x.de",    "a@bücher.de",
        LONG_LOCAL, "a@x.de\n",    "\"a\"@x.de",
    };
    for (size_t i = 0; i < LENGTH(GOOD); i++)
        assert_true(text_rule_is_email(str_of(GOOD[i])));
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        if (text_rule_is_email(str_of(BAD[i])))
            print_error("%s\n", BAD[i]);
        assert_false(text_rule_is_email(str_of(BAD[i])));
    }
}

static void takes_links_that_can_be_shown(void **state) {
    (void)state;
    static const char *const GOOD[] = {
        "http://example.org",
        "https://example.org/",
        "HTTPS://a.b.c:8080/x?y=z#w",
        "http://localhost:3000",
        "http://127.0.0.1/a",
        "http://[::1]:80/",
        "https://example.org/\xc3\xa4?q=%20",
        "https://x.de?a",
    };
    static const char *const BAD[] = {
        "",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "java\nscript://x.de",
        "http:/x.de",
        "http://",
        "http:///x",
        "https://user:secret@x.de",
        "https://x.de@evil.de",
        "http://x.de/a b",
        "http://x.de/\n",
        "http://x..de",
        "http://-x.de",
        "http://x.de:",
        "http://x.de:0",
        "http://x.de:65536",
        "http://x.de:+80",
        "http://[::1",
        "http://[x]/",
        "http://x.de\\@evil.de",
        "http://b\xc3\xbc.de",
    };
    for (size_t i = 0; i < LENGTH(GOOD); i++) {
        if (!text_rule_is_url(str_of(GOOD[i])))
            print_error("%s\n", GOOD[i]);
        assert_true(text_rule_is_url(str_of(GOOD[i])));
    }
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        if (text_rule_is_url(str_of(BAD[i])))
            print_error("%s\n", BAD[i]);
        assert_false(text_rule_is_url(str_of(BAD[i])));
    }
}

static void takes_times_with_a_zone(void **state) {
    static const char *const GOOD[] = {
        "2024-01-31T12:00:00Z",
        "2024-02-29t12:00:00.123z",
        "2024-01-31T12:00:00+02:00",
    };
    static const char *const BAD[] = {
        "",
        "2024-01-31",
        "2024-01-31T12:00:00",
        "2024-01-31 12:00:00Z",
        "2024-01-31T12:00Z",
        "2024-01-31T12:00+02:00",
        "2023-02-29T12:00:00Z",
        "2024-01-31T25:00:00Z",
        "2024-01-31T12:00:00+0200",
        "now",
    };
    for (size_t i = 0; i < LENGTH(GOOD); i++)
        assert_true(text_rule_is_datetime(*state, str_of(GOOD[i])));
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        if (text_rule_is_datetime(*state, str_of(BAD[i])))
            print_error("%s\n", BAD[i]);
        assert_false(text_rule_is_datetime(*state, str_of(BAD[i])));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(takes_addresses_that_mail_can_go_to),
        TEST(takes_links_that_can_be_shown),
        TEST(takes_times_with_a_zone),
    };
    return cmocka_run_group_tests_name("core/text_rule", tests, NULL, NULL);
}
