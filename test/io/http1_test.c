#include "io/http1.h"

#include "base/arena.h"
#include "test/support/test.h"

enum { MAX_HEADERS = 100 };

static http1_outcome parse(str data, http1_head *head, http_header *headers) {
    http_limits limits = http_limits_default();
    size_t looked_at = 0;
    return http1_head_parse(data, &looked_at, &limits, headers, head);
}

static str header_named(const http_header *headers, const http1_head *head,
                        str name) {
    http_request r = {.headers = headers, .header_count = head->header_count};
    return http_request_header(&r, name);
}

#define HOST "Host: a\r\n"

static void slices_a_request(void **state) {
    (void)state;
    str data = STR("PATCH /rest/v1/task?id=eq.1&x=%20 HTTP/1.1\r\n"
                   "Host: localhost:54321\r\n"
                   "Content-Length: 2\r\n"
                   "empty:\r\n"
                   "X-Blanks: \t a \t b\t \r\n"
                   "X-Latin: caf\xe9\r\n"
                   "\r\n"
                   "{}GET /next");
    http_header headers[MAX_HEADERS];
    http1_head head;
    assert_int_equal(parse(data, &head, headers), HTTP1_READY);
    assert_int_equal(head.method, HTTP_PATCH);
    expect_str(head.path, STR("/rest/v1/task"));
    expect_str(head.query, STR("id=eq.1&x=%20"));
    assert_int_equal(head.len, data.len - strlen("{}GET /next"));
    assert_int_equal(head.content_length, 2);
    assert_int_equal(head.header_count, 5);
    expect_str(header_named(headers, &head, STR("host")),
               STR("localhost:54321"));
    expect_str(header_named(headers, &head, STR("EMPTY")), STR(""));
    expect_str(header_named(headers, &head, STR("x-blanks")), STR("a \t b"));
    expect_str(header_named(headers, &head, STR("x-latin")), STR("caf\xe9"));
    assert_null(header_named(headers, &head, STR("x")).ptr);
}

static void says_who_asks(void **state) {
    arena *a = *state;
    static const struct {
        const char *lines;
        const char *value; /* NULL: nobody says */
    } CASES[] = {
        {"", NULL},
        {"Authorisation: a\r\n", NULL},
        {"Authorization: a\r\n", "a"},
        {"aUTHORIZATION: \r\nX: y\r\n", ""},
        {"X: y\r\nAuthorization: a\r\nauthorization: b\r\n", "a"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http_header headers[MAX_HEADERS];
        http1_head head;
        str data =
            arena_printf(a, "GET / HTTP/1.1\r\n" HOST "%s\r\n", CASES[i].lines);
        assert_int_equal(parse(data, &head, headers), HTTP1_READY);
        assert_int_equal(head.authorization > 0, CASES[i].value != NULL);
        if (CASES[i].value != NULL)
            expect_str(headers[head.authorization - 1].value,
                       str_of(CASES[i].value));
    }
}

static void knows_the_methods(void **state) {
    (void)state;
    static const struct {
        str data;
        http_method method;
    } CASES[] = {
        {STR_INIT("GET / HTTP/1.1\r\n" HOST "\r\n"), HTTP_GET},
        {STR_INIT("HEAD / HTTP/1.1\r\n" HOST "\r\n"), HTTP_HEAD},
        {STR_INIT("POST / HTTP/1.1\r\n" HOST "\r\n"), HTTP_POST},
        {STR_INIT("PUT / HTTP/1.1\r\n" HOST "\r\n"), HTTP_PUT},
        {STR_INIT("PATCH / HTTP/1.1\r\n" HOST "\r\n"), HTTP_PATCH},
        {STR_INIT("DELETE / HTTP/1.1\r\n" HOST "\r\n"), HTTP_DELETE},
        {STR_INIT("OPTIONS / HTTP/1.1\r\n" HOST "\r\n"), HTTP_OPTIONS},
        {STR_INIT("TRACE / HTTP/1.1\r\n" HOST "\r\n"), HTTP_OTHER_METHOD},
        {STR_INIT("get / HTTP/1.1\r\n" HOST "\r\n"), HTTP_OTHER_METHOD},
        {STR_INIT("M-S!#$%&'*+.^_`|~9 / HTTP/1.1\r\n" HOST "\r\n"),
         HTTP_OTHER_METHOD},
    };
    http_header headers[MAX_HEADERS];
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http1_head head;
        assert_int_equal(parse(CASES[i].data, &head, headers), HTTP1_READY);
        assert_int_equal(head.method, CASES[i].method);
    }
}

static void takes_targets_apart(void **state) {
    (void)state;
    static const struct {
        str data;
        str path;
        str query;
    } CASES[] = {
#define TARGET(method, target)                                                 \
    STR_INIT(method " " target " HTTP/1.1\r\n" HOST "\r\n")
        {TARGET("GET", "/"), STR_INIT("/"), STR_INIT("")},
        {TARGET("GET", "/?"), STR_INIT("/"), STR_INIT("")},
        {TARGET("GET", "/a//b/../c;v=1/%2f"), STR_INIT("/a//b/../c;v=1/%2f"),
         STR_INIT("")},
        {TARGET("GET", "/a?b?c/d"), STR_INIT("/a"), STR_INIT("b?c/d")},
        {TARGET("GET", "/a?\"{}|<>\\^`[]%"), STR_INIT("/a"),
         STR_INIT("\"{}|<>\\^`[]%")},
        {TARGET("OPTIONS", "*"), STR_INIT("*"), STR_INIT("")},
        {TARGET("OPTIONS", "http://a"), STR_INIT("*"), STR_INIT("")},
        {TARGET("OPTIONS", "http://a/"), STR_INIT("/"), STR_INIT("")},
        {TARGET("GET", "http://a"), STR_INIT("/"), STR_INIT("")},
        {TARGET("GET", "HTTPS://A?x"), STR_INIT("/"), STR_INIT("x")},
        {TARGET("GET", "http://a/b?c"), STR_INIT("/b"), STR_INIT("c")},
    };
    http_header headers[MAX_HEADERS];
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http1_head head;
        assert_int_equal(parse(CASES[i].data, &head, headers), HTTP1_READY);
        expect_str(head.path, CASES[i].path);
        expect_str(head.query, CASES[i].query);
    }
}

static void decides_whether_the_connection_lives_on(void **state) {
    (void)state;
    static const struct {
        str data;
        bool is_kept_alive;
    } CASES[] = {
        {STR_INIT("GET / HTTP/1.1\r\n" HOST "\r\n"), true},
        {STR_INIT("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"),
         false},
        {STR_INIT("GET / HTTP/1.1\r\n" HOST
                  "Connection: te , Close\r\nConnection: keep-alive\r\n\r\n"),
         false},
        {STR_INIT("GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n\r\n"),
         true},
        {STR_INIT("GET / HTTP/1.0\r\n\r\n"), false},
        {STR_INIT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), true},
        {STR_INIT("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"),
         false},
    };
    http_header headers[MAX_HEADERS];
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http1_head head;
        assert_int_equal(parse(CASES[i].data, &head, headers), HTTP1_READY);
        assert_int_equal(head.is_kept_alive, CASES[i].is_kept_alive);
    }
}

static void reads_how_the_body_comes(void **state) {
    (void)state;
    http_header headers[MAX_HEADERS];
    http1_head head;
    assert_int_equal(
        parse(STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n"
                  "Expect: 100-Continue\r\n\r\n"),
              &head, headers),
        HTTP1_READY);
    assert_true(head.is_chunked && head.expects_continue);

    assert_int_equal(parse(STR("POST / HTTP/1.0\r\nContent-Length: 007\r\n"
                               "Expect: 100-continue\r\n\r\n"),
                           &head, headers),
                     HTTP1_READY);
    assert_true(!head.is_chunked && head.is_http10 && !head.expects_continue);
    assert_int_equal(head.content_length, 7);
}

static void accepts_hosts(void **state) {
    arena *a = *state;
    static const char *HOSTS[] = {
        "a",
        "a.example",
        "127.0.0.1:80",
        "[::1]",
        "[::ffff:1.2.3.4]:8080",
        "a:65535",
        "a:",
        "%41_~!$&'()*+;=-",
    };
    http_header headers[MAX_HEADERS];
    for (size_t i = 0; i < LENGTH(HOSTS); i++) {
        http1_head head;
        str data =
            arena_printf(a, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", HOSTS[i]);
        assert_int_equal(parse(data, &head, headers), HTTP1_READY);
    }
}

static void overlooks_one_empty_line_before_a_request(void **state) {
    (void)state;
    http_header headers[MAX_HEADERS];
    http1_head head;
    str data = STR("\r\nGET / HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(parse(data, &head, headers), HTTP1_READY);
    assert_int_equal(head.len, data.len);
}

/* One row for each rule; all but those marked are 400. */
static const struct refused {
    str data;
    int status;
    const char *reason;
} REFUSED[] = {
#define LINE(line, status, reason)                                             \
    { STR_INIT(line "\r\n" HOST "\r\n"), (status), (reason) }
#define HEADER(header, status, reason)                                         \
    {                                                                          \
        STR_INIT("POST / HTTP/1.1\r\n" HOST header "\r\n\r\n"), (status),      \
            (reason)                                                           \
    }
#define HOSTED(host, reason)                                                   \
    { STR_INIT("GET / HTTP/1.1\r\nHost: " host "\r\n\r\n"), 400, (reason) }

    /* RFC 9112 3: the request line */
    LINE("", 400, "malformed method"), /* and then a second empty line */
    LINE("\r\n\r\nGET / HTTP/1.1", 400, "malformed method"),
    LINE(" GET / HTTP/1.1", 400, "malformed method"),
    LINE("G(T / HTTP/1.1", 400, "malformed method"),
    LINE("GET", 400, "malformed method"),
    LINE("GET\t/ HTTP/1.1", 400, "malformed method"),
    LINE("GET  / HTTP/1.1", 400, "malformed request target"),
    LINE("GET /  HTTP/1.1", 400, "malformed request line"),
    LINE("GET / HTTP/1.1 ", 400, "malformed request line"),
    LINE("GET /", 400, "malformed path in the request target"),
    LINE("GET / http/1.1", 400, "malformed request line"),
    LINE("GET / HTTP/1", 400, "malformed request line"),
    LINE("GET / HTTP/11", 400, "malformed request line"),
    LINE("GET / HTTP/1.10", 400, "malformed request line"),
    LINE("GET / HTTP/01.1", 400, "malformed request line"),
    LINE("GET / HTTP/1.2", 505, "this HTTP version is not supported"),
    LINE("GET / HTTP/0.9", 505, "this HTTP version is not supported"),
    LINE("GET / HTTP/9.9", 505, "this HTTP version is not supported"),
    LINE("PRI * HTTP/2.0", 400, "malformed request target"),
    LINE("GET / HTTP/2.0", 505, "this HTTP version is not supported"),
    {STR_INIT("GET / HTTP/1.1\n" HOST "\r\n"), 400, "malformed request line"},
    {STR_INIT("GET / HTTP/1.1\r" HOST "\r\n"), 400, "malformed request line"},
    {STR_INIT("GET / HT\n"), 400, "malformed request line"},
    {STR_INIT("\nGET / HTTP/1.1\r\n" HOST "\r\n"), 400, "malformed method"},
    {STR_INIT("\rGET / HTTP/1.1\r\n" HOST "\r\n"), 400, "bare carriage return"},

    /* RFC 9112 3.2: the target */
    LINE("GET a HTTP/1.1", 400, "malformed request target"),
    LINE("GET * HTTP/1.1", 400, "malformed request target"),
    LINE("OPTIONS *a HTTP/1.1", 400, "malformed request line"),
    LINE("CONNECT a:80 HTTP/1.1", 400, "malformed request target"),
    LINE("GET ftp://a/ HTTP/1.1", 400, "malformed request target"),
    LINE("GET http:///x HTTP/1.1", 400, "malformed host in the request target"),
    LINE("GET http://u@a/ HTTP/1.1", 400,
         "malformed host in the request target"),
    LINE("GET http://b/ HTTP/1.1", 400,
         "host header and request target differ"),
    LINE("GET http://a:80/ HTTP/1.1", 400,
         "host header and request target differ"),
    LINE("GET /a\x01 HTTP/1.1", 400, "malformed path in the request target"),
    LINE("GET /a\x7f HTTP/1.1", 400, "malformed path in the request target"),
    LINE("GET /\xc3\xa4 HTTP/1.1", 400, "malformed path in the request target"),
    LINE("GET /a#b HTTP/1.1", 400, "malformed path in the request target"),
    LINE("GET /\"a\" HTTP/1.1", 400, "malformed path in the request target"),
    LINE("GET /a\\b HTTP/1.1", 400, "malformed path in the request target"),
    LINE("GET /?a#b HTTP/1.1", 400, "malformed query in the request target"),
    LINE("GET /?\xc3\xa4 HTTP/1.1", 400,
         "malformed query in the request target"),
    LINE("GET /?a\tb HTTP/1.1", 400, "malformed query in the request target"),

    /* RFC 9112 5: header lines */
    HEADER("a : b", 400, "blank in or behind a header name"),
    HEADER("a\t: b", 400, "blank in or behind a header name"),
    HEADER("a b: c", 400, "blank in or behind a header name"),
    HEADER("a: b\r\n folded", 400, "folded header line"),
    HEADER("a: b\r\n\tfolded", 400, "folded header line"),
    HEADER(": b", 400, "malformed header name"),
    HEADER("a", 400, "malformed header name"),
    HEADER("a(: b", 400, "malformed header name"),
    HEADER("\xc3\xa4: b", 400, "malformed header name"),
    HEADER("a: b\nc: d", 400, "control character in a header value"),
    HEADER("a: b\rc: d", 400, "control character in a header value"),
    HEADER("a: b\r\rc: d", 400, "control character in a header value"),
    HEADER("a: b\x0b", 400, "control character in a header value"),
    HEADER("a: b\x7f", 400, "control character in a header value"),
    {STR_INIT("GET / HTTP/1.1\r\n" HOST "a: \0\r\n\r\n"), 400,
     "control character in a header value"},
    {STR_INIT("GET / HTTP/1.1\r\n" HOST "\n"), 400, "malformed header name"},
    {STR_INIT("GET / HTTP/1.1\r\n" HOST "\rX: y\r\n\r\n"), 400,
     "bare carriage return"},
    {STR_INIT("GET / HTTP/1.1\r\n X: y\r\n" HOST "\r\n"), 400,
     "folded header line"},

    /* RFC 9112 3.2, RFC 9110 7.2: Host */
    {STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400, "missing host header"},
    HEADER("Host: a", 400, "more than one host header"),
    {STR_INIT("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"), 400,
     "more than one host header"},
    HOSTED("", "malformed host header"),
    HOSTED("a b", "malformed host header"),
    HOSTED("a\t", "malformed host header"),
    HOSTED("a, b", "malformed host header"),
    HOSTED("a,b", "malformed host header"),
    HOSTED("a/b", "malformed host header"),
    HOSTED("u@a", "malformed host header"),
    HOSTED("a:b", "malformed host header"),
    HOSTED("a:1:2", "malformed host header"),
    HOSTED("a:65536", "malformed host header"),
    HOSTED("a:000080", "malformed host header"),
    HOSTED(":80", "malformed host header"),
    HOSTED("[::1", "malformed host header"),
    HOSTED("[]", "malformed host header"),
    HOSTED("[::1]x", "malformed host header"),
    HOSTED("[::1%25eth0]", "malformed host header"),
    HOSTED("\xc3\xa4", "malformed host header"),
    HOSTED("a\"", "malformed host header"),

/* RFC 9110 8.6: Content-Length */
#define LENGTHS(value, reason) HEADER("Content-Length: " value, 400, reason)
    LENGTHS("", "malformed content-length header"),
    LENGTHS("+1", "malformed content-length header"),
    LENGTHS("-1", "malformed content-length header"),
    LENGTHS("1 1", "malformed content-length header"),
    LENGTHS("\t1", "malformed content-length header"),
    LENGTHS("1\t", "malformed content-length header"),
    LENGTHS("0x1", "malformed content-length header"),
    LENGTHS("1,1", "malformed content-length header"),
    LENGTHS("1, 1", "malformed content-length header"),
    LENGTHS("1.0", "malformed content-length header"),
    LENGTHS("1\r\nContent-Length: 1", "more than one content-length header"),
    LENGTHS("1\r\ncontent-length: 2", "more than one content-length header"),
    HEADER("Content-Length: 99999999999999999999", 413,
           "the body is too large"),
    HEADER("Content-Length: 18446744073709551616", 413,
           "the body is too large"),
    HEADER("Content-Length: 18446744073709551615", 413,
           "the body is too large"),
    HEADER("Content-Length: 16777217", 413, "the body is too large"),

/* RFC 9112 6.1: Transfer-Encoding */
#define CODING(value)                                                          \
    HEADER("Transfer-Encoding: " value, 400,                                   \
           "transfer-encoding other than chunked")
    CODING(""),
    CODING("gzip"),
    CODING("identity"),
    CODING("gzip, chunked"),
    CODING("chunked, gzip"),
    CODING("chunked, chunked"),
    CODING("chunked,"),
    CODING("\tchunked"),
    CODING("chunked \t"),
    CODING(", chunked"),
    CODING("xchunked"),
    CODING("chunked;q=1"),
    CODING("\"chunked\""),
    HEADER("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400,
           "more than one transfer-encoding header"),
    HEADER("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", 400,
           "more than one transfer-encoding header"),
    HEADER("Transfer-Encoding: chunked\r\nContent-Length: 5", 400,
           "content-length beside transfer-encoding"),
    HEADER("Content-Length: 5\r\nTransfer-Encoding: chunked", 400,
           "content-length beside transfer-encoding"),
    {STR_INIT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400,
     "transfer-encoding in HTTP/1.0"},

    /* RFC 9110 10.1.1: Expect */
    HEADER("Expect: 200-ok", 417, "unknown expectation"),
};

static void refuses(void **state) {
    (void)state;
    http_header headers[MAX_HEADERS];
    for (size_t i = 0; i < LENGTH(REFUSED); i++) {
        http1_head head;
        http1_outcome outcome = parse(REFUSED[i].data, &head, headers);
        if (outcome != HTTP1_REFUSED)
            print_error("accepted row %zu: %.*s\n", i,
                        STR_ARG(REFUSED[i].data));
        assert_int_equal(outcome, HTTP1_REFUSED);
        expect_str(head.refusal.reason, str_of(REFUSED[i].reason));
        assert_int_equal(head.refusal.status, REFUSED[i].status);
    }
}

static void answers_the_same_however_the_bytes_are_cut(void **state) {
    (void)state;
    http_limits limits = http_limits_default();
    http_header headers[MAX_HEADERS];
    for (size_t i = 0; i < LENGTH(REFUSED); i++) {
        str data = REFUSED[i].data;
        http1_head head = {0};
        size_t looked_at = 0;
        size_t n = 0;
        http1_outcome outcome = HTTP1_MORE;
        while (outcome == HTTP1_MORE && n < data.len)
            outcome = http1_head_parse(str_slice(data, 0, ++n), &looked_at,
                                       &limits, headers, &head);
        assert_int_equal(outcome, HTTP1_REFUSED);
        assert_int_equal(data.ptr[n - 1], '\n');
        assert_int_equal(head.refusal.status, REFUSED[i].status);
        expect_str(head.refusal.reason, str_of(REFUSED[i].reason));
    }
}

static void waits_for_whole_lines(void **state) {
    (void)state;
    str data = STR("GET /a?b HTTP/1.1\r\n" HOST "X: y\r\n\r\n");
    http_header headers[MAX_HEADERS];
    http1_head head;
    for (size_t n = 0; n < data.len; n++)
        assert_int_equal(parse(str_slice(data, 0, n), &head, headers),
                         HTTP1_MORE);
    assert_int_equal(parse(data, &head, headers), HTTP1_READY);
}

static str filled(arena *a, const char *before, size_t n, const char *after) {
    str fill = {arena_new_array(a, char, n + 1), n};
    memset((void *)(uintptr_t)fill.ptr, 'a', n);
    return arena_printf(a, "%s%.*s%s", before, STR_ARG(fill), after);
}

static void holds_the_limits(void **state) {
    arena *a = *state;
    http_header headers[MAX_HEADERS];
    http1_head head;
    size_t max = http_limits_default().head_bytes;
    const char *start = "GET / HTTP/1.1\r\n" HOST "X: ";
    size_t rest = strlen(start) + strlen("\r\n\r\n");

    str data = filled(a, start, max - rest, "\r\n\r\n");
    assert_int_equal(parse(data, &head, headers), HTTP1_READY);
    data = filled(a, start, max - rest + 1, "\r\n\r\n");
    assert_int_equal(parse(data, &head, headers), HTTP1_REFUSED);
    assert_int_equal(head.refusal.status, 431);

    data = filled(a, "GET /", max, "");
    assert_int_equal(parse(str_slice(data, 0, max), &head, headers),
                     HTTP1_MORE);
    assert_int_equal(parse(data, &head, headers), HTTP1_REFUSED);
    assert_int_equal(head.refusal.status, 414);

    CLEANUP(buf_free) buf many = buf_new(10000);
    buf_append(&many, STR("GET / HTTP/1.1\r\n" HOST));
    for (int i = 0; i < MAX_HEADERS - 1; i++)
        buf_append(&many, STR("a: b\r\n"));
    size_t len = many.len;
    buf_append(&many, STR("\r\n"));
    assert_int_equal(parse(buf_str(&many), &head, headers), HTTP1_READY);
    assert_int_equal(head.header_count, MAX_HEADERS);
    many.len = len;
    buf_append(&many, STR("a: b\r\n\r\n"));
    assert_int_equal(parse(buf_str(&many), &head, headers), HTTP1_REFUSED);
    assert_int_equal(head.refusal.status, 431);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(slices_a_request),
        TEST(says_who_asks),
        TEST(knows_the_methods),
        TEST(takes_targets_apart),
        TEST(decides_whether_the_connection_lives_on),
        TEST(reads_how_the_body_comes),
        TEST(accepts_hosts),
        TEST(overlooks_one_empty_line_before_a_request),
        TEST(refuses),
        TEST(answers_the_same_however_the_bytes_are_cut),
        TEST(waits_for_whole_lines),
        TEST(holds_the_limits),
    };
    return cmocka_run_group_tests_name("io/http1", tests, NULL, NULL);
}
