#include "api/reply.h"

#include "test/support/test.h"

static void writes_four_keys_and_the_status(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf body = buf_new(1000);
    buf_append(&body, STR("half an answer"));
    http_reply reply = {.status = 200, .body = &body};
    err *e = err_new(a, ERR_UNKNOWN_COLUMN, "column t.\"x\" does not exist");
    reply_error(a, &reply, err_with_hint(e, STR("look")));
    assert_int_equal(reply.status, 400);
    expect_str(reply.content_type, STR("application/json; charset=utf-8"));
    expect_str(buf_str(&body),
               STR("{\"code\":\"42703\",\"message\":\"column t.\\\"x\\\" does "
                   "not exist\",\"details\":null,\"hint\":\"look\"}"));
}

static void writes_text_whatever_bytes_a_message_quotes(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf body = buf_new(1000);
    http_reply reply = {.body = &body};
    reply_error(a, &reply, err_new(a, ERR_MEDIA_TYPE, "a\xff\xc3\xa9\xc3"));
    expect_str(buf_str(&body),
               STR("{\"code\":\"PGRST107\",\"message\":\"a\xef\xbf\xbd\xc3\xa9"
                   "\xef\xbf\xbd\",\"details\":null,\"hint\":null}"));
}

static void knows_the_code_and_status_of_every_err(void **state) {
    (void)state;
    static const struct {
        err_code code;
        str wire;
        int status;
    } CASES[] = {
        {ERR_DENIED, STR_INIT("42501"), 401},
        {ERR_UNIQUE_VIOLATION, STR_INIT("23505"), 409},
        {ERR_FOREIGN_KEY_VIOLATION, STR_INIT("23503"), 409},
        {ERR_NOT_NULL_VIOLATION, STR_INIT("23502"), 400},
        {ERR_QUERY_SYNTAX, STR_INIT("PGRST100"), 400},
        {ERR_RANGE, STR_INIT("PGRST103"), 416},
        {ERR_UNKNOWN_TABLE, STR_INIT("PGRST205"), 404},
        {ERR_NOT_SINGULAR, STR_INIT("PGRST116"), 406},
        {ERR_NO_FILTER, STR_INIT("21000"), 400},
        {ERR_DISK_FULL, STR_INIT("53100"), 503},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(reply_error_code(CASES[i].code), CASES[i].wire);
        assert_int_equal(reply_error_status(CASES[i].code), CASES[i].status);
    }
    for (int code = 0; code < ERR_CODE_COUNT; code++) {
        assert_false(str_is_empty(reply_error_code((err_code)code)));
        assert_true(reply_error_status((err_code)code) >= 300);
    }
}

static void says_how_to_come_back(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf body = buf_new(1000);
    http_reply busy = {.body = &body};
    reply_error(a, &busy, err_new(a, ERR_BUSY, "busy"));
    expect_str(busy.headers[0].name, STR("Retry-After"));
    http_reply denied = {.body = &body};
    reply_error(a, &denied, err_new(a, ERR_DENIED, "no"));
    expect_str(denied.headers[0].name, STR("WWW-Authenticate"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_four_keys_and_the_status),
        TEST(writes_text_whatever_bytes_a_message_quotes),
        TEST(knows_the_code_and_status_of_every_err),
        TEST(says_how_to_come_back),
    };
    return cmocka_run_group_tests_name("api/reply", tests, NULL, NULL);
}
