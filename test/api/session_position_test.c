#include "api/session_position.h"

#include "test/support/test.h"

static http_request request_of(arena *a, const char *header, uint64_t *kept) {
    http_header *h = arena_new_array(a, http_header, 1);
    *h = (http_header){STR("tenon-position"), str_of(header)};
    return (http_request){.headers = h,
                          .header_count = header != NULL ? 1 : 0,
                          .kept = kept,
                          .arena = a};
}

static void the_later_of_header_and_connection_counts(void **state) {
    static const struct {
        const char *header;
        uint64_t kept;
        commit_position want;
    } CASES[] = {
        {NULL, 0, 0},
        {NULL, 5, 5},
        {"0/A", 5, 10},
        {"0/A", 11, 11},
        {"nonsense", 5, COMMIT_POSITION_UNKNOWN},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        uint64_t kept = CASES[i].kept;
        http_request r = request_of(*state, CASES[i].header, &kept);
        assert_true(session_position_read(&r) == CASES[i].want);
    }
    http_request alone = request_of(*state, "0/A", NULL);
    assert_true(session_position_read(&alone) == 10);
}

static void a_write_is_told_and_kept(void **state) {
    uint64_t kept = 5;
    http_request r = request_of(*state, NULL, &kept);
    http_reply reply = {0};
    session_position_write(&r, &reply, 26);
    assert_true(kept == 26);
    assert_int_equal(reply.header_count, 1);
    expect_str(reply.headers[0].value, STR("0/1A"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_later_of_header_and_connection_counts),
        TEST(a_write_is_told_and_kept),
    };
    return cmocka_run_group_tests_name("api/session_position", tests, NULL,
                                       NULL);
}
