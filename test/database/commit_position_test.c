#include "database/commit_position.h"

#include "test/support/test.h"

static void reads_what_it_writes(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        commit_position position;
    } CASES[] = {
        {STR_INIT("0/0"), 0},
        {STR_INIT("0/16B3748"), 0x16B3748},
        {STR_INIT("16/B374D848"), UINT64_C(0x16B374D848)},
        {STR_INIT("FFFFFFFF/FFFFFFFF"), COMMIT_POSITION_UNKNOWN},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        commit_position p = 1;
        assert_true(commit_position_parse(CASES[i].text, &p));
        assert_true(p == CASES[i].position);
        expect_str(commit_position_format(a, p), CASES[i].text);
    }
}

static void takes_small_letters_and_zeros(void **state) {
    (void)state;
    commit_position p = 0;
    assert_true(commit_position_parse(STR("0016/b374d848"), &p));
    assert_true(p == UINT64_C(0x16B374D848));
}

static void refuses_everything_else(void **state) {
    (void)state;
    static const str CASES[] = {
        STR_INIT(""),     STR_INIT("/"),           STR_INIT("0"),
        STR_INIT("0/"),   STR_INIT("/0"),          STR_INIT("0/0/0"),
        STR_INIT("0/g"),  STR_INIT("0x1/0"),       STR_INIT("-1/0"),
        STR_INIT(" 0/0"), STR_INIT("0/0 "),        STR_INIT("0/123456789"),
        STR_INIT("0/\0"), STR_INIT("123456789/0"),
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        commit_position p = 7;
        assert_false(commit_position_parse(CASES[i], &p));
        assert_true(p == 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_what_it_writes),
        TEST(takes_small_letters_and_zeros),
        TEST(refuses_everything_else),
    };
    return cmocka_run_group_tests_name("database/commit_position", tests, NULL,
                                       NULL);
}
