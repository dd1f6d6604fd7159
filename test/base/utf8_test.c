#include "base/utf8.h"

#include "test/support/test.h"

static void says_where_text_stops_being_valid(void **state) {
    (void)state;
    static const struct {
        str text;
        size_t valid;
    } CASES[] = {
        {{0}, 0},
        {STR_INIT("abc"), 3},
        {STR_INIT("\0\x7F"), 2},
        {STR_INIT("\xC2\x80\xDF\xBF"), 4},
        {STR_INIT("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"), 12},
        {STR_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), 8},
        {STR_INIT("0123456789012345678901234567890123456789\xC3\xA9!"), 43},
        {STR_INIT("0123456789012345678901234567890123456789\xE9!"), 40},

        {STR_INIT("a\x80"), 1},
        {STR_INIT("\xBF"), 0},
        {STR_INIT("\xC3"), 0},
        {STR_INIT("\xC3("), 0},
        {STR_INIT("\xE2\x82"), 0},
        {STR_INIT("\xE2("), 0},
        {STR_INIT("\xE2\x82("), 0},
        {STR_INIT("\xF0\x9F\x98"), 0},
        {STR_INIT("\xF0\x9F\x98("), 0},
        {STR_INIT("\xF0\x9F("), 0},
        /* longer than needed */
        {STR_INIT("\xC0\x80"), 0},
        {STR_INIT("\xC1\xBF"), 0},
        {STR_INIT("\xE0\x9F\xBF"), 0},
        {STR_INIT("\xF0\x8F\xBF\xBF"), 0},
        /* surrogates */
        {STR_INIT("\xED\xA0\x80"), 0},
        {STR_INIT("\xED\xBF\xBF"), 0},
        /* past U+10FFFF */
        {STR_INIT("\xF4\x90\x80\x80"), 0},
        {STR_INIT("\xF5\x80\x80\x80"), 0},
        {STR_INIT("\xFE"), 0},
        {STR_INIT("\xFF"), 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        assert_int_equal(utf8_valid_prefix(CASES[i].text), CASES[i].valid);
        assert_int_equal(utf8_is_valid(CASES[i].text),
                         CASES[i].valid == CASES[i].text.len);
    }
}

static void sees_a_bad_byte_at_each_place(void **state) {
    (void)state;
    char text[80];
    for (size_t len = 1; len <= sizeof text; len++) {
        for (size_t at = 0; at < len; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)0xFF;
            assert_int_equal(utf8_valid_prefix((str){text, len}), at);
        }
    }
}

static void decodes_what_it_encodes(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c == 0xD800)
            c = 0xE000;
        char bytes[UTF8_MAX_BYTES];
        size_t length = utf8_encode(c, bytes);
        assert_int_equal(length, c < 0x80      ? 1
                                 : c < 0x800   ? 2
                                 : c < 0x10000 ? 3
                                               : 4);
        uint32_t back = 0;
        str text = {bytes, length};
        assert_int_equal(utf8_decode(text, &back), length);
        assert_int_equal(back, c);
        assert_true(utf8_is_valid(text));
        assert_int_equal(utf8_decode((str){bytes, length - 1}, &back), 0);
    }
}

static void decodes_only_the_first(void **state) {
    (void)state;
    uint32_t c = 0;
    assert_int_equal(utf8_decode(STR("\xE2\x82\xAC\xFF"), &c), 3);
    assert_int_equal(c, 0x20AC);
    assert_int_equal(utf8_decode(STR("\xED\xA0\x80"), &c), 0);
    assert_int_equal(utf8_decode((str){0}, &c), 0);
}

static void counts_code_points(void **state) {
    (void)state;
    assert_int_equal(utf8_count((str){0}), 0);
    assert_int_equal(utf8_count(STR("abc")), 3);
    assert_int_equal(utf8_count(STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80!")),
                     4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(says_where_text_stops_being_valid),
        TEST(sees_a_bad_byte_at_each_place),
        TEST(decodes_what_it_encodes),
        TEST(decodes_only_the_first),
        TEST(counts_code_points),
    };
    return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
