#include "io/http1_reply.h"

#include "test/support/test.h"

static const str DATE = STR_INIT("Sun, 06 Nov 1994 08:49:37 GMT");
#define DATED(status)                                                          \
    "HTTP/1.1 " status "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

static void writes_heads(void **state) {
    (void)state;
    static const struct {
        http_reply reply;
        http1_reply head;
        str text;
    } CASES[] = {
        {{.status = 200},
         {.body_len = 0},
         STR_INIT(DATED("200 OK") "Content-Length: 0\r\n\r\n")},
        {{.status = 200, .content_type = STR_INIT("a/b")},
         {.body_len = 18446744073709551615u},
         STR_INIT(
             DATED("200 OK") "Content-Type: a/b\r\n"
                             "Content-Length: 18446744073709551615\r\n\r\n")},
        {{.status = 206,
          .headers = {{STR_INIT("Content-Range"), STR_INIT("0-4/*")},
                      {STR_INIT("Empty"), STR_INIT("")}},
          .header_count = 2},
         {.body_len = 10, .is_last = true},
         STR_INIT(
             DATED("206 Partial Content") "Content-Range: 0-4/*\r\nEmpty: \r\n"
                                          "Content-Length: 10\r\nConnection: "
                                          "close\r\n\r\n")},
        {{.status = 204},
         {.framing = HTTP1_NO_BODY, .is_http10 = true},
         STR_INIT(DATED("204 No Content") "Connection: keep-alive\r\n\r\n")},
        {{.status = 200},
         {.framing = HTTP1_BY_CHUNKS},
         STR_INIT(DATED("200 OK") "Transfer-Encoding: chunked\r\n\r\n")},
        {{.status = 200},
         {.framing = HTTP1_BY_CLOSE, .is_last = true, .is_http10 = true},
         STR_INIT(DATED("200 OK") "Connection: close\r\n\r\n")},
        {{.status = 599},
         {.body_len = 1},
         STR_INIT(DATED("599 Unknown") "Content-Length: 1\r\n\r\n")},
    };
    CLEANUP(buf_free) buf out = buf_new(1000);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        http1_reply r = CASES[i].head;
        r.reply = &CASES[i].reply;
        r.date = DATE;
        buf_clear(&out, 1000);
        http1_reply_write_head(&out, r);
        expect_str(buf_str(&out), CASES[i].text);
    }
}

static void says_when_a_head_does_not_fit(void **state) {
    (void)state;
    CLEANUP(buf_free) buf out = buf_new(100);
    http_reply reply = {.status = 200};
    http1_reply_write_head(&out, (http1_reply){.reply = &reply, .date = DATE});
    assert_true(out.is_overflown);
    assert_int_equal(out.len, 0);
}

static void writes_chunks(void **state) {
    (void)state;
    CLEANUP(buf_free) buf out = buf_new(1000);
    char text[256];
    memset(text, 'x', sizeof text);
    http1_write_chunk(&out, STR("a"));
    http1_write_chunk(&out, (str){text, 255});
    http1_write_last_chunk(&out);
    str got = buf_str(&out);
    expect_str(str_take(&got, 6), STR("1\r\na\r\n"));
    expect_str(str_take(&got, 4), STR("ff\r\n"));
    str_take(&got, 255);
    expect_str(got, STR("\r\n0\r\n\r\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_heads),
        TEST(says_when_a_head_does_not_fit),
        TEST(writes_chunks),
    };
    return cmocka_run_group_tests_name("io/http1_reply", tests, NULL, NULL);
}
