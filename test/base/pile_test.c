#include "base/pile.h"

#include "test/support/test.h"

static void cuts_off_what_was_pushed_last(void **state) {
    pile p = {.arena = *state};
    int outer = 1;
    PILE_PUSH(&p, outer);
    size_t bottom = p.used;
    for (int i = 10; i < 13; i++)
        PILE_PUSH(&p, i);
    size_t count = 0;
    const int *inner = PILE_CUT(&p, bottom, int, &count);
    assert_int_equal(count, 3);
    assert_int_equal(inner[0], 10);
    assert_int_equal(inner[2], 12);
    outer = 2;
    PILE_PUSH(&p, outer);
    const int *all = PILE_CUT(&p, 0, int, &count);
    assert_int_equal(count, 2);
    assert_int_equal(all[0], 1);
    assert_int_equal(all[1], 2);
    assert_int_equal(inner[1], 11);
}

static void an_empty_list_takes_nothing(void **state) {
    pile p = {.arena = *state};
    size_t count = 7;
    assert_null(PILE_CUT(&p, 0, int, &count));
    assert_int_equal(count, 0);
}

static void holds_more_than_it_began_with(void **state) {
    pile p = {.arena = *state};
    for (size_t i = 0; i < 5000; i++)
        PILE_PUSH(&p, i);
    size_t count = 0;
    const size_t *all = PILE_CUT(&p, 0, size_t, &count);
    assert_int_equal(count, 5000);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(all[i], i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(cuts_off_what_was_pushed_last),
        TEST(an_empty_list_takes_nothing),
        TEST(holds_more_than_it_began_with),
    };
    return cmocka_run_group_tests_name("base/pile", tests, NULL, NULL);
}
