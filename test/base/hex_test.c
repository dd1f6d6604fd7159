#include "base/hex.h"

#include "test/support/test.h"

static void writes_lower_case_and_reads_both(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf out = buf_new(100);
    hex_encode(&out, STR("\x00\x1F\xAB\xFF"));
    expect_str(buf_str(&out), STR("001fabff"));
    str back;
    assert_true(hex_decode(a, STR("001fAbFF"), &back));
    expect_str(back, STR("\x00\x1F\xAB\xFF"));
    assert_true(hex_decode(a, (str){0}, &back));
    assert_int_equal(back.len, 0);
}

static void refuses_what_is_not_pairs_of_digits(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {"0",  "000", "0g", "g0", " 0", "0x",
                                        "@0", "`0",  "G0", "/0", ":0"};
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str out = STR("untouched");
        if (hex_decode(a, str_of(CASES[i]), &out))
            fail_msg("%s is accepted", CASES[i]);
        expect_str(out, STR("untouched"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_lower_case_and_reads_both),
        TEST(refuses_what_is_not_pairs_of_digits),
    };
    return cmocka_run_group_tests_name("base/hex", tests, NULL, NULL);
}
