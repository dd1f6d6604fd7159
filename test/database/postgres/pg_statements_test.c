#include "database/postgres/pg_statements.h"

#include "base/arena.h"
#include "test/support/test.h"

static str shape_of(arena *a, int n) {
    return arena_printf(a, "shape %d", n);
}

/* Adds one and says that it was prepared; returns the number that went. */
static uint64_t add(pg_statements *s, str shape) {
    uint64_t gone = 0;
    pg_prepared *p = pg_statements_add(s, shape, 100, &gone);
    assert_non_null(p);
    pg_statements_set_ready(s, p->number);
    return gone;
}

static void finds_a_statement_by_its_shape(void **state) {
    arena *a = *state;
    pg_statements *s = pg_statements_new();
    assert_null(pg_statements_find(s, STR("x")));
    for (int i = 0; i < 100; i++)
        assert_int_equal(add(s, shape_of(a, i)), 0);
    for (int i = 0; i < 100; i++) {
        pg_prepared *p = pg_statements_find(s, shape_of(a, i));
        assert_non_null(p);
        expect_str(str_of(p->name), arena_printf(a, "t%d", i + 1));
        assert_true(p->is_ready);
    }
    pg_statements_free(s);
}

static void the_one_not_used_for_longest_makes_room(void **state) {
    arena *a = *state;
    pg_statements *s = pg_statements_new();
    for (int i = 0; i < PG_STATEMENTS_MAX; i++)
        assert_int_equal(add(s, shape_of(a, i)), 0);
    assert_non_null(pg_statements_find(s, shape_of(a, 0)));
    assert_int_equal(add(s, STR("one")), 2);
    assert_int_equal(add(s, STR("more")), 3);
    assert_non_null(pg_statements_find(s, shape_of(a, 0)));
    assert_null(pg_statements_find(s, shape_of(a, 1)));
    pg_statements_free(s);
}

static void one_that_is_being_prepared_stays(void **state) {
    arena *a = *state;
    uint64_t gone = 0;
    pg_statements *s = pg_statements_new();
    for (int i = 0; i < PG_STATEMENTS_MAX; i++)
        assert_non_null(pg_statements_add(s, shape_of(a, i), 100, &gone));
    pg_statements_set_ready(s, 7);
    assert_int_equal(add(s, STR("one")), 7);
    assert_non_null(pg_statements_add(s, STR("more"), 100, &gone));
    assert_int_equal(gone, PG_STATEMENTS_MAX + 1);
    pg_statements_free(s);
}

static void what_is_large_is_not_kept(void **state) {
    (void)state;
    uint64_t gone = 0;
    pg_statements *s = pg_statements_new();
    assert_non_null(
        pg_statements_add(s, STR("x"), PG_STATEMENTS_LARGE_BYTES - 1, &gone));
    assert_null(
        pg_statements_add(s, STR("y"), PG_STATEMENTS_LARGE_BYTES, &gone));
    assert_null(pg_statements_find(s, STR("y")));
    pg_statements_free(s);
}

static void a_forgotten_one_is_added_under_another_name(void **state) {
    (void)state;
    pg_statements *s = pg_statements_new();
    add(s, STR("x"));
    assert_true(pg_statements_has(s, 1));
    pg_statements_forget(s, 1);
    assert_false(pg_statements_has(s, 1));
    pg_statements_forget(s, 1);
    assert_null(pg_statements_find(s, STR("x")));
    add(s, STR("x"));
    expect_str(str_of(pg_statements_find(s, STR("x"))->name), STR("t2"));
    pg_statements_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_a_statement_by_its_shape),
        TEST(the_one_not_used_for_longest_makes_room),
        TEST(one_that_is_being_prepared_stays),
        TEST(what_is_large_is_not_kept),
        TEST(a_forgotten_one_is_added_under_another_name),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_statements", tests,
                                       NULL, NULL);
}
