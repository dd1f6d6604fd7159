/* The coding a client gets, from what it says it accepts. */
#include "api/accept_encoding.h"

#include "test/support/test.h"

enum { BOTH = 1U << CODING_GZIP | 1U << CODING_BROTLI };

static str chosen(const char *value, const char *second, unsigned available) {
    http_header headers[] = {
        {STR_INIT("Accept"), STR_INIT("gzip")},
        {STR_INIT("accept-encoding"), str_of(value)},
        {STR_INIT("Accept-Encoding"), str_of(second != NULL ? second : "")},
    };
    http_request r = {.headers = headers, .header_count = second ? 3 : 2};
    return content_coding_name(accept_encoding_choose(&r, available));
}

static void takes_what_weighs_most(void **state) {
    (void)state;
    static const struct {
        const char *value;
        str coding;
    } CASES[] = {
        {"", STR_INIT("identity")},
        {"gzip", STR_INIT("gzip")},
        {"GZip", STR_INIT("gzip")},
        {"x-gzip", STR_INIT("gzip")},
        {"br", STR_INIT("br")},
        {"gzip, deflate, br", STR_INIT("br")},
        {"br;q=0.5,gzip", STR_INIT("gzip")},
        {"br; q=0.501 , gzip ; Q=0.5", STR_INIT("br")},
        {"gzip;q=0", STR_INIT("identity")},
        {"gzip;q=0.0, br;q=0.000", STR_INIT("identity")},
        {"gzip;q=0.001", STR_INIT("gzip")},
        {"deflate, zstd", STR_INIT("identity")},
        /* none at all, where it is said to be better */
        {"identity", STR_INIT("identity")},
        {"gzip;q=0.5, identity", STR_INIT("identity")},
        {"gzip;q=0.5, identity;q=0.5", STR_INIT("gzip")},
        {"gzip;q=0.2, identity;q=0.1", STR_INIT("gzip")},
        {"identity;q=0, gzip;q=0.1", STR_INIT("gzip")},
        {"identity;q=0", STR_INIT("identity")},
        /* what is not named */
        {"*", STR_INIT("br")},
        {"*;q=0", STR_INIT("identity")},
        {"br;q=0, *", STR_INIT("gzip")},
        {"gzip, *;q=0", STR_INIT("gzip")},
        {"gzip;q=0.5, *;q=0.1", STR_INIT("gzip")},
        {"*;q=0.1, identity;q=0.5", STR_INIT("identity")},
        /* what is not a list of codings */
        {",,;;q=,=", STR_INIT("identity")},
        {";q=1", STR_INIT("identity")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(chosen(CASES[i].value, NULL, BOTH), CASES[i].coding);
}

static void gives_nothing_that_is_not_available(void **state) {
    (void)state;
    expect_str(chosen("br, gzip;q=0.1", NULL, 1U << CODING_GZIP), STR("gzip"));
    expect_str(chosen("br, gzip", NULL, 0), STR("identity"));
    expect_str(chosen("*", NULL, 0), STR("identity"));
}

static void reads_all_headers_of_that_name(void **state) {
    (void)state;
    expect_str(chosen("deflate", "gzip", BOTH), STR("gzip"));
    expect_str(chosen("br;q=0.5", "gzip;q=0.7", BOTH), STR("gzip"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(takes_what_weighs_most),
        TEST(gives_nothing_that_is_not_available),
        TEST(reads_all_headers_of_that_name),
    };
    return cmocka_run_group_tests_name("api/accept_encoding", tests, NULL,
                                       NULL);
}
