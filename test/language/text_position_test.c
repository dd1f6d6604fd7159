#include "language/text_position.h"

#include "test/support/test.h"

/* a, a letter of two bytes, one outside the basic plane; all line ends. */
#define TEXT "a\u00e4\U0001F600z\nb\r\nc\rd"

typedef struct place {
    uint32_t at;
    uint32_t line;
    uint32_t utf16;
    uint32_t utf8;
} place;

static const place PLACES[] = {
    {0, 0, 0, 0},  {1, 0, 1, 1},  {3, 0, 2, 3},  {7, 0, 4, 7},
    {8, 0, 5, 8},  {9, 1, 0, 0},  {10, 1, 1, 1}, {12, 2, 0, 0},
    {13, 2, 1, 1}, {14, 3, 0, 0}, {15, 3, 1, 1},
};

/* Bytes and units are counted from the last place, so each in lines of its own;
 * also there and back. */
static void counts_lines_and_units(void **state) {
    text_lines lines = text_lines_find(*state, STR(TEXT));
    text_lines other = lines;
    for (size_t i = 0; i < LENGTH(PLACES) * LENGTH(PLACES); i++) {
        const place *p = i % 2 == 0 ? &PLACES[i % LENGTH(PLACES)]
                                    : &PLACES[i / LENGTH(PLACES)];
        text_position wide = text_position_of(&lines, p->at, TEXT_UTF16);
        assert_int_equal(wide.line, p->line);
        assert_int_equal(wide.character, p->utf16);
        text_position bytes = text_position_of(&other, p->at, TEXT_UTF8);
        assert_int_equal(bytes.line, p->line);
        assert_int_equal(bytes.character, p->utf8);
    }
}

static void finds_them_again(void **state) {
    text_lines lines = text_lines_find(*state, STR(TEXT));
    for (size_t i = 0; i < LENGTH(PLACES); i++) {
        const place *p = &PLACES[i];
        text_position wide = {p->line, p->utf16};
        assert_int_equal(text_position_find(&lines, wide, TEXT_UTF16), p->at);
        text_position bytes = {p->line, p->utf8};
        assert_int_equal(text_position_find(&lines, bytes, TEXT_UTF8), p->at);
    }
}

static void stays_in_the_text_and_between_characters(void **state) {
    static const struct {
        text_position p;
        uint32_t at;
    } CASES[] = {
        {{0, 99}, 8},
        {{1, 99}, 10},
        {{9, 0}, 15},
        {{0, 3}, 3}, /* in the middle of a pair */
    };
    text_lines lines = text_lines_find(*state, STR(TEXT));
    for (size_t i = 0; i < LENGTH(CASES); i++)
        assert_int_equal(text_position_find(&lines, CASES[i].p, TEXT_UTF16),
                         CASES[i].at);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(counts_lines_and_units),
        TEST(finds_them_again),
        TEST(stays_in_the_text_and_between_characters),
    };
    return cmocka_run_group_tests_name("language/text_position", tests, NULL,
                                       NULL);
}
