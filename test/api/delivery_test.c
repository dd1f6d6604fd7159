/* What happens to replies on their way out, by kind. */
#include "api/delivery.h"

#include "test/support/test.h"

enum { SIZE = 5000 };

typedef struct sent {
    int status;
    str coding; /* empty: none */
    str vary;
    str tag;
    str type;
    size_t len;
} sent;

typedef struct ask {
    http_method method;
    int status;
    str type;
    size_t size;
    http_header headers[2];
    http_reply_header made; /* by the handler, unless it has no name */
    app app;
} ask;

static str header_of(const http_reply *reply, str name) {
    for (size_t i = 0; i < reply->header_count; i++)
        if (str_equal(reply->headers[i].name, name))
            return reply->headers[i].value;
    return (str){0};
}

/* A body of that many bytes that compresses well. */
static sent deliver(arena *a, ask what) {
    CLEANUP(buf_free) buf body = buf_new(1 << 20);
    http_request request = {.method = what.method,
                            .headers = what.headers,
                            .header_count = LENGTH(what.headers),
                            .arena = a};
    http_reply reply = {
        .status = what.status, .content_type = what.type, .body = &body};
    if (what.made.name.len > 0)
        http_reply_add(&reply, what.made.name, what.made.value);
    char *to = buf_reserve(&body, what.size);
    memset(to, 'x', what.size);
    buf_commit(&body, what.size);

    delivery d = delivery_new(&what.app);
    if (body.len >= d.from)
        delivery_prepare(&d, &request, &reply);
    return (sent){.status = reply.status,
                  .coding = header_of(&reply, STR("Content-Encoding")),
                  .vary = header_of(&reply, STR("Vary")),
                  .tag = header_of(&reply, STR("ETag")),
                  .type = reply.content_type,
                  .len = body.len};
}

static ask usual(void) {
    return (ask){
        .method = HTTP_GET,
        .status = 200,
        .type = STR("application/json; charset=utf-8"),
        .size = SIZE,
        .headers = {{STR_INIT("Accept-Encoding"), STR_INIT("gzip")}},
        .app = {.etag_size = 1},
    };
}

static void compresses_what_is_text(void **state) {
    static const struct {
        str type;
        bool is_text;
    } CASES[] = {
        {STR_INIT("application/json"), true},
        {STR_INIT("application/vnd.pgrst.object+json; charset=utf-8"), true},
        {STR_INIT("application/geo+json"), true},
        {STR_INIT("application/openapi+json"), true},
        {STR_INIT("text/csv; charset=utf-8"), true},
        {STR_INIT("text/plain"), true},
        {STR_INIT("application/javascript"), true},
        {STR_INIT("image/svg+xml"), true},
        {STR_INIT("image/png"), false},
        {STR_INIT("application/octet-stream"), false},
        {STR_INIT("application/octet-stream; note=json"), false},
        {STR_INIT(""), false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        ask what = usual();
        what.type = CASES[i].type;
        sent got = deliver(*state, what);
        if (CASES[i].is_text != str_equal(got.coding, STR("gzip")) ||
            CASES[i].is_text != (got.len < SIZE) ||
            CASES[i].is_text != str_equal(got.vary, STR("Accept-Encoding")))
            fail_msg("%.*s", STR_ARG(CASES[i].type));
        assert_true(got.tag.len > 0);
    }
}

static void what_is_encoded_already_stays_as_it_is(void **state) {
    ask what = usual();
    what.made =
        (http_reply_header){STR_INIT("Content-Encoding"), STR_INIT("zstd")};
    sent got = deliver(*state, what);
    expect_str(got.coding, STR("zstd"));
    assert_int_equal(got.len, SIZE);
}

static void has_limits_of_size(void **state) {
    ask what = usual();
    what.size = 1024;
    expect_str(deliver(*state, what).coding, STR("gzip"));
    what.size = 1023;
    expect_str(deliver(*state, what).coding, STR(""));
    what.app.etag_size = 1023;
    assert_true(deliver(*state, what).tag.len > 0);
    what.app.etag_size = 1024;
    assert_int_equal(deliver(*state, what).tag.len, 0);
    what.size = SIZE;
    what.app = (app){.is_uncompressed = true};
    sent got = deliver(*state, what);
    assert_int_equal(got.coding.len + got.vary.len + got.tag.len, 0);
}

static void only_reads_that_succeed_have_a_tag(void **state) {
    static const struct {
        http_method method;
        int status;
        bool has_tag;
    } CASES[] = {
        {HTTP_GET, 200, true},   {HTTP_GET, 206, true},
        {HTTP_GET, 300, false},  {HTTP_GET, 406, false},
        {HTTP_GET, 500, false},  {HTTP_POST, 200, false},
        {HTTP_POST, 201, false}, {HTTP_PATCH, 200, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        ask what = usual();
        what.method = CASES[i].method;
        what.status = CASES[i].status;
        what.headers[1] =
            (http_header){STR_INIT("If-None-Match"), STR_INIT("*")};
        sent got = deliver(*state, what);
        assert_int_equal(got.tag.len > 0, CASES[i].has_tag);
        assert_int_equal(got.status, CASES[i].has_tag ? 304 : what.status);
        if (CASES[i].has_tag)
            assert_int_equal(got.len + got.type.len + got.coding.len, 0);
        else
            expect_str(got.coding, STR("gzip"));
    }
}

static void a_tag_of_the_handler_stays(void **state) {
    ask what = usual();
    what.made = (http_reply_header){STR_INIT("ETag"), STR_INIT("\"7\"")};
    expect_str(deliver(*state, what).tag, STR("\"7\""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(compresses_what_is_text),
        TEST(what_is_encoded_already_stays_as_it_is),
        TEST(has_limits_of_size),
        TEST(only_reads_that_succeed_have_a_tag),
        TEST(a_tag_of_the_handler_stays),
    };
    return cmocka_run_group_tests_name("api/delivery", tests, NULL, NULL);
}
