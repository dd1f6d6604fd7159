#include "base/map.h"

#include "test/support/test.h"

static void finds_what_was_added(void **state) {
    arena *a = *state;
    static const int ONE = 1;
    static const int TWO = 2;
    map *m = map_new(a);
    assert_null(map_find(m, STR("one")));
    assert_true(map_add(m, STR("one"), &ONE));
    assert_true(map_add(m, STR(""), &TWO));
    assert_ptr_equal(map_find(m, STR("one")), &ONE);
    assert_ptr_equal(map_find(m, (str){0}), &TWO);
    assert_null(map_find(m, STR("on")));
    assert_null(map_find(m, STR("one\0")));
}

static void keeps_the_first_of_a_name(void **state) {
    arena *a = *state;
    map *m = map_new(a);
    assert_true(map_add_number(m, STR("x"), 7));
    assert_false(map_add_number(m, STR("x"), 8));
    size_t number = 0;
    assert_true(map_find_number(m, STR("x"), &number));
    assert_int_equal(number, 7);
    assert_false(map_find_number(m, STR("y"), &number));
    assert_int_equal(number, 7);
    assert_int_equal(m->count, 1);
}

static void holds_many_names_in_order(void **state) {
    arena *a = *state;
    map *m = map_new(a);
    enum { MANY = 20000 };
    for (size_t i = 0; i < MANY; i++)
        assert_true(map_add_number(m, arena_printf(a, "name %zu", i), i));
    assert_int_equal(m->count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        str key = arena_printf(a, "name %zu", i);
        size_t number = 0;
        assert_true(map_find_number(m, key, &number));
        assert_int_equal(number, i);
        expect_str(m->entries[i].key, key);
        assert_int_equal(m->entries[i].number, i);
        assert_null(map_find(m, arena_printf(a, "nome %zu", i)));
    }
}

static void hashes_differently_in_each_map(void **state) {
    arena *a = *state;
    map *one = map_new(a);
    map *two = map_new(a);
    map_add(one, STR("x"), NULL);
    map_add(two, STR("x"), NULL);
    assert_true(one->entries[0].hash != two->entries[0].hash);
}

static void shares_a_key_and_nothing_else(void **state) {
    map *first = map_new(*state);
    map *beside = map_new_beside(*state, first);
    int x = 0;
    assert_true(map_add(first, STR("a"), &x));
    assert_null(map_find(beside, STR("a")));
    assert_true(map_add(beside, STR("a"), &x));
    assert_int_equal(first->entries[0].hash, beside->entries[0].hash);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_what_was_added),
        TEST(keeps_the_first_of_a_name),
        TEST(holds_many_names_in_order),
        TEST(hashes_differently_in_each_map),
        TEST(shares_a_key_and_nothing_else),
    };
    return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}
