#include "base/buf.h"

#include "test/support/test.h"

static void appends_and_clears(void **state) {
    (void)state;
    CLEANUP(buf_free) buf b = buf_new(1000);
    buf_append(&b, STR("ab"));
    buf_append(&b, (str){0});
    buf_append_char(&b, 'c');
    buf_printf(&b, "-%d-", 5);
    expect_str(buf_str(&b), STR("abc-5-"));
    buf_drop_front(&b, 4);
    expect_str(buf_str(&b), STR("5-"));
    buf_clear(&b, 0);
    assert_null(b.ptr);
}

static void nothing_can_be_appended_to_nothing(void **state) {
    (void)state;
    CLEANUP(buf_free) buf b = buf_new(0);
    buf_append(&b, (str){0});
    assert_non_null(buf_reserve(&b, 0));
    buf_commit(&b, 0);
    assert_int_equal(b.len, 0);
    assert_false(b.is_overflown);
    buf_append_char(&b, 'x');
    assert_true(b.is_overflown);
}

static void stops_at_its_maximum_and_says_so(void **state) {
    (void)state;
    CLEANUP(buf_free) buf b = buf_new(300);
    for (int i = 0; i < 300; i++)
        buf_append_char(&b, 'x');
    assert_false(b.is_overflown);
    buf_append_char(&b, 'y');
    assert_true(b.is_overflown);
    assert_int_equal(b.len, 300);
    buf_clear(&b, 1000);
    assert_false(b.is_overflown);
    assert_non_null(b.ptr);
}

static void writes_integers(void **state) {
    (void)state;
    static const struct {
        int64_t n;
        str text;
    } CASES[] = {
        {0, STR_INIT("0")},
        {9, STR_INIT("9")},
        {10, STR_INIT("10")},
        {99, STR_INIT("99")},
        {100, STR_INIT("100")},
        {-12345, STR_INIT("-12345")},
        {INT64_MAX, STR_INIT("9223372036854775807")},
        {INT64_MIN, STR_INIT("-9223372036854775808")},
    };
    CLEANUP(buf_free) buf b = buf_new(100);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        buf_clear(&b, 100);
        buf_append_int(&b, CASES[i].n);
        expect_str(buf_str(&b), CASES[i].text);
    }
}

static void stays_in_the_memory_it_was_given(void **state) {
    (void)state;
    char memory[4];
    buf b = buf_over(memory, sizeof memory);
    buf_append(&b, STR("abcd"));
    assert_ptr_equal(b.ptr, memory);
    expect_str(buf_str(&b), STR("abcd"));
    buf_append_char(&b, 'e');
    assert_true(b.is_overflown);
    assert_int_equal(b.len, 4);
}

static void takes_nothing_while_empty(void **state) {
    (void)state;
    CLEANUP(buf_free) buf b = buf_new(10);
    buf_append(&b, STR(""));
    buf_append(&b, (str){0});
    assert_int_equal(b.len, 0);
    assert_false(b.is_overflown);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(takes_nothing_while_empty),
        TEST(stays_in_the_memory_it_was_given),
        TEST(appends_and_clears),
        TEST(nothing_can_be_appended_to_nothing),
        TEST(stops_at_its_maximum_and_says_so),
        TEST(writes_integers),
    };
    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
