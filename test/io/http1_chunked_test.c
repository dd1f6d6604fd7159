#include "io/http1_chunked.h"

#include "test/support/test.h"

enum { BODY_LIMIT = 100 };

/* In place, as a connection does it. */
static http1_outcome decode(arena *a, str raw, http1_chunked *c, str *body,
                            str *rest) {
    char *bytes = arena_new_array(a, char, raw.len + 1);
    memcpy(bytes, raw.ptr, raw.len);
    char *to = bytes;
    *c = (http1_chunked){0};
    *rest = (str){bytes, raw.len};
    http1_outcome outcome = http1_chunked_read(c, rest, &to, BODY_LIMIT);
    *body = (str){bytes, (size_t)(to - bytes)};
    return outcome;
}

static void puts_chunks_together(void **state) {
    static const struct {
        str raw;
        str body;
        str rest;
    } CASES[] = {
        {STR_INIT("0\r\n\r\n"), STR_INIT(""), STR_INIT("")},
        {STR_INIT("5\r\nhello\r\n0\r\n\r\nGET /"), STR_INIT("hello"),
         STR_INIT("GET /")},
        {STR_INIT("2\r\nhe\r\n003\r\nllo\r\n000\r\n\r\n"), STR_INIT("hello"),
         STR_INIT("")},
        {STR_INIT("a\r\n0123456789\r\nB\r\n0123\r\n56789\r\n0\r\n\r\n"),
         STR_INIT("01234567890123\r\n56789"), STR_INIT("")},
        {STR_INIT("1;a\r\nx\r\n1;b=c;d\r\ny\r\n0;e=\"f;\\\" =\"\r\n\r\n"),
         STR_INIT("xy"), STR_INIT("")},
        {STR_INIT("1\r\nx\r\n0\r\nContent-Lengths: 5\r\nA: host: b\r\nHostess:"
                  "\r\n\r\n"),
         STR_INIT("x"), STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http1_chunked c;
        str body;
        str rest;
        assert_int_equal(decode(*state, CASES[i].raw, &c, &body, &rest),
                         HTTP1_READY);
        expect_str(body, CASES[i].body);
        expect_str(rest, CASES[i].rest);
    }
}

static const struct refused {
    str raw;
    int status;
    const char *reason;
} REFUSED[] = {
    {STR_INIT("\r\n"), 400, "malformed chunk size"},
    {STR_INIT(";a\r\n"), 400, "malformed chunk size"},
    {STR_INIT(" 1\r\nx"), 400, "malformed chunk size"},
    {STR_INIT("1 \r\nx"), 400, "malformed chunk size"},
    {STR_INIT("+1\r\nx"), 400, "malformed chunk size"},
    {STR_INIT("-1\r\nx"), 400, "malformed chunk size"},
    {STR_INIT("0x1\r\nx"), 400, "malformed chunk size"},
    {STR_INIT("1g\r\nx"), 400, "malformed chunk size"},
    {STR_INIT("1\nx"), 400, "malformed chunk size"},
    {STR_INIT("1\rx"), 400, "malformed chunk extension"},
    {STR_INIT("0000000000000001\r\nx"), 400,
     "a chunk size has too many digits"},
    {STR_INIT("65\r\n"), 413, "the body is too large"},
    {STR_INIT("fffffffffffffff\r\n"), 413, "the body is too large"},
    {STR_INIT("1\r\nx\r\n64\r\n"), 413, "the body is too large"},
    {STR_INIT("1\r\nxy"), 400, "a chunk is longer than its size"},
    {STR_INIT("1\r\nx\n"), 400, "a chunk is longer than its size"},
    {STR_INIT("1\r\nx\rx"), 400, "a chunk is longer than its size"},
    {STR_INIT("1;\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a=\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1; a\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a =b\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a=b\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a=\"\n\"\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a=\"\\\n\"\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a=\"b\"c\r\nx"), 400, "malformed chunk extension"},
    {STR_INIT("1;a\rx\r\n"), 400, "malformed chunk extension"},
    {STR_INIT("0\r\nX : y\r\n\r\n"), 400, "malformed trailer"},
    {STR_INIT("0\r\n folded\r\n\r\n"), 400, "malformed trailer"},
    {STR_INIT("0\r\nX: y\n\r\n"), 400, "malformed trailer"},
    {STR_INIT("0\r\nX: \x01\r\n\r\n"), 400, "malformed trailer"},
    {STR_INIT("0\r\nX\r\n\r\n"), 400, "malformed trailer"},
    {STR_INIT("0\r\n\n"), 400, "malformed trailer"},
    {STR_INIT("0\r\n\rx"), 400, "malformed trailer"},
    {STR_INIT("0\r\nContent-Length: 5\r\n\r\n"), 400, "forbidden trailer"},
    {STR_INIT("0\r\nA: b\r\ntransfer-Encoding: chunked\r\n\r\n"), 400,
     "forbidden trailer"},
    {STR_INIT("0\r\nConnection: close\r\n\r\n"), 400, "forbidden trailer"},
    {STR_INIT("0\r\nA: b\r\nhost:\r\n\r\n"), 400, "forbidden trailer"},
};

static void refuses(void **state) {
    for (size_t i = 0; i < LENGTH(REFUSED); i++) {
        http1_chunked c;
        str body;
        str rest;
        http1_outcome outcome =
            decode(*state, REFUSED[i].raw, &c, &body, &rest);
        if (outcome != HTTP1_REFUSED)
            print_error("accepted row %zu: %.*s\n", i, STR_ARG(REFUSED[i].raw));
        assert_int_equal(outcome, HTTP1_REFUSED);
        assert_int_equal(c.refusal.status, REFUSED[i].status);
        expect_str(c.refusal.reason, str_of(REFUSED[i].reason));
    }
}

static void accepts_a_body_at_the_limit(void **state) {
    char raw[BODY_LIMIT + 10] = "64\r\n";
    memset(raw + 4, 'x', BODY_LIMIT);
    http1_chunked c;
    str body;
    str rest;
    assert_int_equal(
        decode(*state, (str){raw, BODY_LIMIT + 4}, &c, &body, &rest),
        HTTP1_MORE);
    assert_int_equal(body.len, BODY_LIMIT);
}

static void bounds_extensions_and_trailers(void **state) {
    (void)state;
    static const char *STARTS[] = {"1;", "1;a=\"", "0\r\n", "0\r\nA: "};
    for (size_t i = 0; i < LENGTH(STARTS); i++) {
        http1_chunked c = {0};
        char sink[16];
        char *to = sink;
        str raw = str_of(STARTS[i]);
        assert_int_equal(http1_chunked_read(&c, &raw, &to, BODY_LIMIT),
                         HTTP1_MORE);
        http1_outcome outcome = HTTP1_MORE;
        size_t n = 0;
        for (; outcome == HTTP1_MORE && n < 100000; n++) {
            raw = STR("a");
            outcome = http1_chunked_read(&c, &raw, &to, BODY_LIMIT);
        }
        assert_int_equal(outcome, HTTP1_REFUSED);
        assert_int_equal(c.refusal.status, 431);
        assert_in_range(n, 8000, 8200);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(puts_chunks_together),
        TEST(refuses),
        TEST(accepts_a_body_at_the_limit),
        TEST(bounds_extensions_and_trailers),
    };
    return cmocka_run_group_tests_name("io/http1_chunked", tests, NULL, NULL);
}
