#include "schema/source.h"

#include "test/support/test.h"

static void counts_lines_and_code_points(void **state) {
    (void)state;
    static const struct {
        str text;
        uint32_t at;
        uint32_t line;
        uint32_t column;
        str whole;
    } CASES[] = {
        {STR_INIT(""), 0, 1, 1, STR_INIT("")},
        {STR_INIT("ab\ncd"), 0, 1, 1, STR_INIT("ab")},
        {STR_INIT("ab\ncd"), 2, 1, 3, STR_INIT("ab")},
        {STR_INIT("ab\ncd"), 3, 2, 1, STR_INIT("cd")},
        {STR_INIT("ab\ncd"), 5, 2, 3, STR_INIT("cd")},
        {STR_INIT("ab\n"), 3, 2, 1, STR_INIT("")},
        {STR_INIT("ab\r\ncd"), 4, 2, 1, STR_INIT("cd")},
        {STR_INIT("ab\r\ncd"), 3, 1, 4, STR_INIT("ab")},
        {STR_INIT("ab\rcd"), 3, 2, 1, STR_INIT("cd")},
        {STR_INIT("a\r\rb"), 3, 3, 1, STR_INIT("b")},
        {STR_INIT("\tab"), 1, 1, 2, STR_INIT("\tab")},
        {STR_INIT("é€\U0001F600x"), 9, 1, 4, STR_INIT("é€\U0001F600x")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        source s = {STR("t"), CASES[i].text};
        source_position at = source_locate(&s, CASES[i].at);
        assert_int_equal(at.line, CASES[i].line);
        assert_int_equal(at.column, CASES[i].column);
        expect_str(source_line(&s, CASES[i].at), CASES[i].whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(counts_lines_and_code_points),
    };
    return cmocka_run_group_tests_name("schema/source", tests, NULL, NULL);
}
