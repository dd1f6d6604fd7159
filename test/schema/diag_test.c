#include "schema/diag.h"

#include "test/support/test.h"

static const source A = {STR_INIT("a.prisma"), STR_INIT("0123456789")};
static const source B = {STR_INIT("b.prisma"), STR_INIT("0123456789")};

static void add(arena *a, diag_list *list, const source *s, uint32_t at,
                const char *message) {
    diag_add(a, list, DIAG_UNEXPECTED, (source_span){s, at, at + 1}, "%s",
             message);
}

static void sorts_by_file_and_place(void **state) {
    diag_list list = {0};
    add(*state, &list, &B, 1, "5");
    add(*state, &list, &A, 7, "3");
    add(*state, &list, &A, 2, "1");
    diag_add(*state, &list, DIAG_BAD_NAME, (source_span){&A, 7, 8}, "4");
    add(*state, &list, &A, 3, "2");
    diag_sort(&list);
    for (size_t i = 0; i < list.count; i++)
        expect_str(list.items[i].message, arena_printf(*state, "%zu", i + 1));
}

/* As in a mixin that two models use. */
static void drops_what_says_the_same_again(void **state) {
    diag_list list = {0};
    add(*state, &list, &A, 2, "of one model");
    add(*state, &list, &B, 2, "elsewhere");
    add(*state, &list, &A, 2, "of another model");
    diag_sort(&list);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.error_count, 2);
    expect_str(list.items[0].message, STR("of one model"));
}

static void counts_errors_and_warnings(void **state) {
    diag_list list = {0};
    add(*state, &list, &A, 1, "error");
    diag_add(*state, &list, DIAG_CLOSED_MODEL, (source_span){&A, 0, 1},
             "warning");
    assert_int_equal(list.error_count, 1);
    assert_int_equal(list.warning_count, 1);
    assert_int_equal(list.count, 2);
}

static void keeps_a_bounded_number(void **state) {
    diag_list list = {0};
    for (size_t i = 0; i < DIAG_MAX + 5; i++) {
        diag *d = diag_add(*state, &list, DIAG_UNEXPECTED,
                           (source_span){&A, 0, 1}, "n");
        diag_help(*state, d, "help %zu", i);
    }
    assert_int_equal(list.count, DIAG_MAX);
    assert_int_equal(list.error_count, DIAG_MAX + 5);
    expect_str(list.items[DIAG_MAX - 1].help, STR("help 999"));
    assert_int_equal(list.dropped.help.len, 0);
}

/* People search for codes, so none may stand for two things. */
static void has_a_code_of_its_own_for_each(void **state) {
    (void)state;
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const char *code = diag_code_text((diag_code)i);
        bool is_error = diag_code_severity((diag_code)i) == DIAG_ERROR;
        assert_int_equal(strlen(code), 5);
        assert_int_equal(code[0], is_error ? 'E' : 'W');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(code + 1, diag_code_text((diag_code)k) + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(sorts_by_file_and_place),
        TEST(drops_what_says_the_same_again),
        TEST(counts_errors_and_warnings),
        TEST(keeps_a_bounded_number),
        TEST(has_a_code_of_its_own_for_each),
    };
    return cmocka_run_group_tests_name("schema/diag", tests, NULL, NULL);
}
