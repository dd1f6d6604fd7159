#include "generate/json_pattern.h"

#include "test/support/test.h"

static void knows_what_both_languages_read_alike(void **state) {
    (void)state;
    static const str SHARED[] = {
        STR_INIT(""),
        STR_INIT("^[A-Z]{2}-\\d+$"),
        STR_INIT("^[a-z0-9]+(?:-[a-z0-9]+)*$"),
        STR_INIT("^(?=.*\\d)(?!x).{8,}$"),
        STR_INIT("^[\\w.-]+@[^\\s@]+\\.[a-z]{2,3}?$"),
        STR_INIT("\\bä|ö\\/[\\]\\-^]"),
    };
    for (size_t i = 0; i < LENGTH(SHARED); i++)
        assert_true(json_pattern_is_shared(SHARED[i]));
}

static void leaves_out_what_only_one_can_read(void **state) {
    (void)state;
    static const str OTHER[] = {
        STR_INIT("(?i)abc"),     STR_INIT("(?<=a)b"), STR_INIT("(*UTF)a"),
        STR_INIT("\\Aabc\\z"),   STR_INIT("a++"),     STR_INIT("(?>a)"),
        STR_INIT("[[:alpha:]]"), STR_INIT("[]a]"),    STR_INIT("a{,3}"),
        STR_INIT("a{b"),         STR_INIT("a]"),      STR_INIT("[\\w-.]"),
        STR_INIT("[+-\\d]"),     STR_INIT("\\h"),     STR_INIT("a\\@b"),
        STR_INIT("[a"),          STR_INIT("*"),       STR_INIT("a\\"),
    };
    for (size_t i = 0; i < LENGTH(OTHER); i++)
        assert_false(json_pattern_is_shared(OTHER[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_what_both_languages_read_alike),
        TEST(leaves_out_what_only_one_can_read),
    };
    return cmocka_run_group_tests_name("generate/json_pattern", tests, NULL,
                                       NULL);
}
