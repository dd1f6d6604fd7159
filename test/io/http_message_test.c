#include "io/http_message.h"

#include "test/support/test.h"

static void finds_the_first_header_of_a_name(void **state) {
    (void)state;
    static const http_header HEADERS[] = {
        {STR_INIT("Prefer"), STR_INIT("a")},
        {STR_INIT("prefer"), STR_INIT("b")},
        {STR_INIT("X-Empty"), STR_INIT("")},
    };
    http_request r = {.headers = HEADERS, .header_count = LENGTH(HEADERS)};
    expect_str(http_request_header(&r, STR("PREFER")), STR("a"));
    assert_non_null(http_request_header(&r, STR("x-empty")).ptr);
    assert_null(http_request_header(&r, STR("x-none")).ptr);
}

static void knows_the_phrases(void **state) {
    (void)state;
    static const struct {
        int status;
        str phrase;
    } CASES[] = {
#define X(code, phrase) {code, STR_INIT(phrase)},
#include "io/http_status.def"
#undef X
        {99, STR_INIT("Unknown")},
        {299, STR_INIT("Unknown")},
        {418, STR_INIT("Unknown")},
        {999, STR_INIT("Unknown")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(http_status_phrase(CASES[i].status), CASES[i].phrase);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_the_first_header_of_a_name),
        TEST(knows_the_phrases),
    };
    return cmocka_run_group_tests_name("io/http_message", tests, NULL, NULL);
}
