#include "base/decimal_math.h"

#include <stdio.h>

#include "base/rand.h"
#include "test/support/test.h"

/* What PostgreSQL 15 says. */
static const struct {
    str x;
    str y;
    str sum;
    str product;
    str quotient; /* empty: by zero */
} CASES[] = {
    {STR_INIT("1"), STR_INIT("2"), STR_INIT("3"), STR_INIT("2"),
     STR_INIT("0.50000000000000000000")},
    {STR_INIT("10"), STR_INIT("4"), STR_INIT("14"), STR_INIT("40"),
     STR_INIT("2.5000000000000000")},
    {STR_INIT("2"), STR_INIT("3"), STR_INIT("5"), STR_INIT("6"),
     STR_INIT("0.66666666666666666667")},
    {STR_INIT("-2"), STR_INIT("3"), STR_INIT("1"), STR_INIT("-6"),
     STR_INIT("-0.66666666666666666667")},
    {STR_INIT("1.50"), STR_INIT("0.2"), STR_INIT("1.70"), STR_INIT("0.300"),
     STR_INIT("7.5000000000000000")},
    {STR_INIT("0"), STR_INIT("-7"), STR_INIT("-7"), STR_INIT("0"),
     STR_INIT("0.00000000000000000000")},
    {STR_INIT("0.00"), STR_INIT("-7.5"), STR_INIT("-7.50"), STR_INIT("0.000"),
     STR_INIT("0.00000000000000000000")},
    {STR_INIT("5"), STR_INIT("0.0"), STR_INIT("5.0"), STR_INIT("0.0"),
     STR_INIT("")},
    {STR_INIT("99999999"), STR_INIT("10000"), STR_INIT("100009999"),
     STR_INIT("999999990000"), STR_INIT("9999.9999000000000000")},
    {STR_INIT("0.00000000001"), STR_INIT("30000000000"),
     STR_INIT("30000000000.00000000001"), STR_INIT("0.30000000000"),
     STR_INIT("0.0000000000000000000003333333333333333333")},
    {STR_INIT("123456789.123456789"), STR_INIT("987654321"),
     STR_INIT("1111111110.123456789"), STR_INIT("121932631234567900.112635269"),
     STR_INIT("0.12499999898593749888")},
};

static void calculates_as_postgresql_does(void **state) {
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(decimal_add(a, CASES[i].x, CASES[i].y), CASES[i].sum);
        expect_str(decimal_multiply(a, CASES[i].x, CASES[i].y),
                   CASES[i].product);
        if (!str_is_empty(CASES[i].quotient))
            expect_str(decimal_divide(a, CASES[i].x, CASES[i].y),
                       CASES[i].quotient);
    }
}

static void negates(void **state) {
    arena *a = *state;
    expect_str(decimal_negate(a, STR("1.50")), STR("-1.50"));
    expect_str(decimal_negate(a, STR("-1.50")), STR("1.50"));
    expect_str(decimal_negate(a, STR("0.00")), STR("0.00"));
}

static void rounds_half_away_from_zero(void **state) {
    arena *a = *state;
    static const struct {
        str decimal;
        size_t scale;
        str rounded;
    } ROUNDS[] = {
        {STR_INIT("1.005"), 2, STR_INIT("1.01")},
        {STR_INIT("-1.005"), 2, STR_INIT("-1.01")},
        {STR_INIT("1.0049"), 2, STR_INIT("1.00")},
        {STR_INIT("999.95"), 1, STR_INIT("1000.0")},
        {STR_INIT("0.5"), 0, STR_INIT("1")},
        {STR_INIT("-0.4"), 0, STR_INIT("0")},
        {STR_INIT("12"), 3, STR_INIT("12.000")},
        {STR_INIT("0.001"), 3, STR_INIT("0.001")},
    };
    for (size_t i = 0; i < LENGTH(ROUNDS); i++)
        expect_str(decimal_round(a, ROUNDS[i].decimal, ROUNDS[i].scale),
                   ROUNDS[i].rounded);
}

static void trims_zeros_behind_the_point_alone(void **state) {
    (void)state;
    expect_str(decimal_trim(STR("1.50")), STR("1.5"));
    expect_str(decimal_trim(STR("2.00")), STR("2"));
    expect_str(decimal_trim(STR("200")), STR("200"));
    assert_true(decimal_is_zero(STR("0.00")));
    assert_false(decimal_is_zero(STR("-0.01")));
}

/* Integers of 64 bits know better. */
static void agrees_with_integers(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(5);
    for (int i = 0; i < 2000; i++) {
        int64_t x = (int64_t)(rand_uint64(&r) >> (34 + rand_below(&r, 28)));
        int64_t y = (int64_t)(rand_uint64(&r) >> (34 + rand_below(&r, 28))) + 1;
        if (i % 2 == 0)
            x = -x;
        arena_place before = arena_mark(a);
        str p = arena_printf(a, "%lld", (long long)x);
        str q = arena_printf(a, "%lld", (long long)y);
        expect_str(decimal_multiply(a, p, q),
                   arena_printf(a, "%lld", (long long)(x * y)));
        str quotient = decimal_divide(a, p, q);
        /* What was rounded away is less than one of the last digit. */
        str back = decimal_multiply(a, quotient, q);
        str off = decimal_add(a, back, decimal_negate(a, p));
        if (str_starts_with(off, STR("-")))
            off = decimal_negate(a, off);
        str most = decimal_round(a, q, 0);
        for (size_t k = 0; k < decimal_scale(quotient); k++)
            most = decimal_multiply(a, most, STR("0.1"));
        assert_true(decimal_compare(off, most) <= 0);
        arena_rewind(a, before);
    }
}

static void takes_the_largest_decimals(void **state) {
    arena *a = *state;
    char digits[DECIMAL_MAX_DIGITS];
    memset(digits, '9', sizeof digits);
    str large = {digits, sizeof digits};
    str product = decimal_multiply(a, large, large);
    assert_int_equal(product.len, 2 * DECIMAL_MAX_DIGITS);
    expect_str(decimal_trim(decimal_divide(a, large, large)), STR("1"));
    expect_str(decimal_trim(decimal_divide(a, product, large)), large);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(calculates_as_postgresql_does),
        TEST(negates),
        TEST(rounds_half_away_from_zero),
        TEST(trims_zeros_behind_the_point_alone),
        TEST(agrees_with_integers),
        TEST(takes_the_largest_decimals),
    };
    return cmocka_run_group_tests_name("base/decimal_math", tests, NULL, NULL);
}
