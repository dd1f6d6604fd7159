#include "database/filter.h"

#include "test/support/test.h"

static const field NAME = {.name = STR_INIT("name")};

static value number(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

static void each_says_what_it_was_asked_for(void **state) {
    arena *a = *state;
    const value two[] = {number(1), number(2)};
    const filter *compared = filter_compare(a, &NAME, COMPARE_GT, number(7));
    const filter *absent = filter_is_null(a, &NAME);
    const filter *among = filter_in(a, &NAME, two, LENGTH(two));
    assert_int_equal(compared->kind, FILTER_COMPARE);
    assert_int_equal(compared->op, COMPARE_GT);
    assert_int_equal(compared->value.integer, 7);
    assert_int_equal(absent->kind, FILTER_IS);
    assert_int_equal(absent->what, IS_NULL);
    assert_ptr_equal(among->values, two);
    assert_int_equal(among->value_count, 2);
}

static void not_of_not_is_itself_and_the_first_stays_as_it_was(void **state) {
    arena *a = *state;
    const filter *absent = filter_is_null(a, &NAME);
    const filter *present = filter_not(a, absent);
    assert_true(present->is_negated);
    assert_false(absent->is_negated);
    assert_false(filter_not(a, present)->is_negated);
}

static void a_group_keeps_a_list_of_its_own(void **state) {
    arena *a = *state;
    const filter *first = filter_is_null(a, &NAME);
    const filter *parts[] = {first, filter_not(a, first)};
    const filter *all = filter_all(a, parts, LENGTH(parts));
    const filter *any = filter_any(a, parts, LENGTH(parts));
    parts[0] = NULL;
    assert_int_equal(all->kind, FILTER_ALL);
    assert_int_equal(any->kind, FILTER_ANY);
    assert_int_equal(all->child_count, 2);
    assert_ptr_equal(all->children[0], first);
    assert_ptr_equal(any->children[0], first);
}

static void one_part_alone_needs_no_group(void **state) {
    arena *a = *state;
    const filter *only = filter_is_null(a, &NAME);
    assert_ptr_equal(filter_all(a, &only, 1), only);
    assert_ptr_equal(filter_any(a, &only, 1), only);
    assert_int_equal(filter_any(a, NULL, 0)->child_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_says_what_it_was_asked_for),
        TEST(not_of_not_is_itself_and_the_first_stays_as_it_was),
        TEST(a_group_keeps_a_list_of_its_own),
        TEST(one_part_alone_needs_no_group),
    };
    return cmocka_run_group_tests_name("database/filter", tests, NULL, NULL);
}
