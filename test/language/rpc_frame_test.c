#include "language/rpc_frame.h"

#include "test/support/test.h"

static void splits_messages_off_a_stream(void **state) {
    (void)state;
    str rest = STR("Content-Length: 2\r\n\r\n{}content-length:3\r\nX: y\r\n\r\n"
                   "[1]Content-Length: 9\r\n\r\n{");
    str body;
    assert_int_equal(rpc_frame_read(&rest, &body), RPC_FRAME_WHOLE);
    expect_str(body, STR("{}"));
    assert_int_equal(rpc_frame_read(&rest, &body), RPC_FRAME_WHOLE);
    expect_str(body, STR("[1]"));
    assert_int_equal(rpc_frame_read(&rest, &body), RPC_FRAME_PARTIAL);
    expect_str(rest, STR("Content-Length: 9\r\n\r\n{"));
}

static void waits_for_the_end_of_the_head(void **state) {
    (void)state;
    str rest = STR("Content-Length: 2\r\n\r");
    str body;
    assert_int_equal(rpc_frame_read(&rest, &body), RPC_FRAME_PARTIAL);
}

static void refuses_what_has_no_length(void **state) {
    static const str CASES[] = {
        STR_INIT("GET / HTTP/1.1\r\n\r\n"),
        STR_INIT("Content-Length: \r\n\r\n"),
        STR_INIT("Content-Length: -1\r\n\r\n"),
        STR_INIT("Content-Length: 2x\r\n\r\n{}"),
        STR_INIT("Content-Length: 99999999999\r\n\r\n"),
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str rest = CASES[i];
        str body;
        assert_int_equal(rpc_frame_read(&rest, &body), RPC_FRAME_BROKEN);
    }
}

static void reads_what_it_wrote(void **state) {
    (void)state;
    buf out = buf_new(1024);
    rpc_frame_write(&out, STR("{\"a\":\"ä\"}"));
    str rest = buf_str(&out);
    str body;
    assert_int_equal(rpc_frame_read(&rest, &body), RPC_FRAME_WHOLE);
    expect_str(body, STR("{\"a\":\"ä\"}"));
    assert_true(str_is_empty(rest));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(splits_messages_off_a_stream),
        TEST(waits_for_the_end_of_the_head),
        TEST(refuses_what_has_no_length),
        TEST(reads_what_it_wrote),
    };
    return cmocka_run_group_tests_name("language/rpc_frame", tests, NULL, NULL);
}
