#include "base/utf8_case.h"

#include "test/support/test.h"

static void changes_the_case_of_all_scripts(void **state) {
    arena *a = *state;
    static const struct {
        const char *text;
        const char *lower;
        const char *upper;
    } CASES[] = {
        {"", "", ""},
        {"Ada 1815!", "ada 1815!", "ADA 1815!"},
        {"ÀÉÎõü", "àéîõü", "ÀÉÎÕÜ"},
        {"Straße", "straße", "STRAßE"},
        {"ΑΒγδ", "αβγδ", "ΑΒΓΔ"},
        {"Привет", "привет", "ПРИВЕТ"},
        {"Āāİ", "āāİ", "ĀĀİ"},
        {"ÿ", "ÿ", "Ÿ"},
        {"𐐀𐐨", "𐐨𐐨", "𐐀𐐀"},
        {"日本", "日本", "日本"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(utf8_lower(a, str_of(CASES[i].text)),
                   str_of(CASES[i].lower));
        expect_str(utf8_upper(a, str_of(CASES[i].text)),
                   str_of(CASES[i].upper));
    }
}

static void borrows_what_does_not_change(void **state) {
    str text = STR("straße 1");
    assert_ptr_equal(utf8_lower(*state, text).ptr, text.ptr);
}

static void trims_blanks_of_all_scripts(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *trimmed;
    } CASES[] = {
        {"", ""},
        {"  a b\t\r\n", "a b"},
        {"\u00a0\u3000x\u2028\ufeff", "x"},
        {" \u2003 ", ""},
        {"é ", "é"},
        {"\u200bx", "\u200bx"}, /* no blank: it has no width */
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(utf8_trim(str_of(CASES[i].text)), str_of(CASES[i].trimmed));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(changes_the_case_of_all_scripts),
        TEST(borrows_what_does_not_change),
        TEST(trims_blanks_of_all_scripts),
    };
    return cmocka_run_group_tests_name("base/utf8_case", tests, NULL, NULL);
}
