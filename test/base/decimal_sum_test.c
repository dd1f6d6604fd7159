#include "base/decimal_sum.h"

#include "base/rand.h"
#include "test/support/test.h"

static decimal_sum add_all(arena *a, const char *numbers) {
    decimal_sum s = {0};
    str rest = str_of(numbers);
    (void)a;
    while (rest.len > 0)
        decimal_sum_add(&s, str_split(&rest, ' '));
    return s;
}

static void adds_and_divides(void **state) {
    arena *a = *state;
    static const struct {
        const char *numbers;
        int64_t count;
        str sum;
        str average; /* as PostgreSQL 15 says */
    } CASES[] = {
        {"0", 1, STR_INIT("0"), STR_INIT("0.00000000000000000000")},
        {"1 2", 2, STR_INIT("3"), STR_INIT("1.5000000000000000")},
        {"0 1 1", 3, STR_INIT("2"), STR_INIT("0.66666666666666666667")},
        {"1 2 4", 3, STR_INIT("7"), STR_INIT("2.3333333333333333")},
        {"0.10 0.2", 2, STR_INIT("0.30"), STR_INIT("0.15000000000000000000")},
        {"-1 0.5", 2, STR_INIT("-0.5"), STR_INIT("-0.25000000000000000000")},
        {"0.5 -0.50", 2, STR_INIT("0.00"), STR_INIT("0.00000000000000000000")},
        {"999999999 1", 2, STR_INIT("1000000000"),
         STR_INIT("500000000.00000000")},
        {"-999999999.999999999 -0.000000001", 1,
         STR_INIT("-1000000000.000000"
                  "000"),
         STR_INIT("-1000000000.000000000")},
        {"123456789012345678901234567890.01 0.09", 2,
         STR_INIT("123456789012345678901234567890.10"),
         STR_INIT("61728394506172839450617283945.05")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        decimal_sum s = add_all(a, CASES[i].numbers);
        expect_str(decimal_sum_text(a, &s), CASES[i].sum);
        expect_str(decimal_sum_average(a, &s, CASES[i].count),
                   CASES[i].average);
        /* Asking changes nothing. */
        expect_str(decimal_sum_text(a, &s), CASES[i].sum);
    }
}

static void takes_the_largest_decimals(void **state) {
    arena *a = *state;
    char digits[DECIMAL_MAX_DIGITS];
    memset(digits, '9', sizeof digits);
    str large = {digits, sizeof digits};
    decimal_sum s = {0};
    decimal_sum_add(&s, large);
    decimal_sum_add(&s, STR("1"));
    str sum = decimal_sum_text(a, &s);
    assert_int_equal(sum.len, DECIMAL_MAX_DIGITS + 1);
    assert_int_equal(sum.ptr[0], '1');
    digits[1] = '.';
    s = (decimal_sum){0};
    decimal_sum_add(&s, large);
    expect_str(decimal_sum_text(a, &s), large);
}

static void agrees_with_integers(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(3);
    decimal_sum s = {0};
    int64_t total = 0;
    for (int i = 1; i <= 5000; i++) {
        int64_t n =
            (int64_t)rand_below(&r, UINT64_C(1) << 50) - (INT64_C(1) << 49);
        decimal_sum_add(&s, arena_printf(a, "%lld", (long long)n));
        total += n;
        expect_str(decimal_sum_text(a, &s),
                   arena_printf(a, "%lld", (long long)total));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(adds_and_divides),
        TEST(takes_the_largest_decimals),
        TEST(agrees_with_integers),
    };
    return cmocka_run_group_tests_name("base/decimal_sum", tests, NULL, NULL);
}
