#include "base/real.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "test/support/test.h"

static void writes_the_shortest_digits(void **state) {
    (void)state;
    static const struct {
        double number;
        str text;
    } CASES[] = {
        {0, STR_INIT("0")},
        {-0.0, STR_INIT("-0")},
        {5, STR_INIT("5")},
        {-12.5, STR_INIT("-12.5")},
        {0.1, STR_INIT("0.1")},
        {0.1 + 0.2, STR_INIT("0.30000000000000004")},
        {1.0 / 3, STR_INIT("0.3333333333333333")},
        {2.0 / 3, STR_INIT("0.6666666666666666")},
        {19.99, STR_INIT("19.99")},
        {52.520008, STR_INIT("52.520008")},
        {100, STR_INIT("100")},
        {1e14, STR_INIT("100000000000000")},
        {999999999999999, STR_INIT("999999999999999")},
        {99999999999999.9, STR_INIT("99999999999999.9")},
        {999999999999999.9, STR_INIT("999999999999999.9")},
        {1e15, STR_INIT("1e+15")},
        {1234567890123456, STR_INIT("1.234567890123456e+15")},
        {9007199254740992, STR_INIT("9.007199254740992e+15")},
        {9007199254740994, STR_INIT("9.007199254740994e+15")},
        {1e20, STR_INIT("1e+20")},
        {1e23, STR_INIT("1e+23")},
        {0.001, STR_INIT("0.001")},
        {0.0001, STR_INIT("0.0001")},
        {0.00012, STR_INIT("0.00012")},
        {0.00001, STR_INIT("1e-05")},
        {1.5e-5, STR_INIT("1.5e-05")},
        {123e-9, STR_INIT("1.23e-07")},
        {0x1p-44, STR_INIT("5.684341886080802e-14")},
        {5e-324, STR_INIT("5e-324")},
        {1.5e-323, STR_INIT("1.5e-323")},
        {DBL_MIN, STR_INIT("2.2250738585072014e-308")},
        {-DBL_MAX, STR_INIT("-1.7976931348623157e+308")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        char text[REAL_TEXT_MAX];
        size_t len = real_format(CASES[i].number, text);
        expect_str(((str){text, len}), CASES[i].text);
    }
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t significant_digits(str text) {
    size_t count = 0;
    size_t zeros = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] != 'e'; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            continue;
        if (count == 0 && text.ptr[i] == '0')
            continue;
        zeros = text.ptr[i] == '0' ? zeros + 1 : 0;
        count++;
    }
    return count - zeros;
}

/* libc finds the shortest text by trying. */
static size_t shortest_by_trial(double number) {
    for (int digits = 1; digits < 17; digits++) {
        char text[64];
        snprintf(text, sizeof text, "%.*e", digits - 1, number);
        if (strtod(text, NULL) == number)
            return (size_t)digits;
    }
    return 17;
}

static void expect_shortest(double number) {
    char text[REAL_TEXT_MAX + 1];
    size_t len = real_format(number, text);
    text[len] = '\0';
    double back = 0;
    if (!real_parse((str){text, len}, &back) || back != number ||
        strtod(text, NULL) != number ||
        significant_digits((str){text, len}) > shortest_by_trial(number))
        fail_msg("%a is written as %s", number, text);
}

static void agrees_with_trial_on_all_kinds_of_doubles(void **state) {
    (void)state;
    uint64_t seed = 0x9E3779B97F4A7C15;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&seed) & ~(UINT64_C(1) << 63);
        double any;
        memcpy(&any, &bits, sizeof any);
        if (isfinite(any) && any != 0)
            expect_shortest(any);
        uint64_t n = next_random(&seed);
        expect_shortest((double)(n >> 11) * 0x1p-53 + 1e-5);
        expect_shortest((double)(n >> 20) / 1000);
        expect_shortest((double)(n % 1000000 + 1) / 10000);
    }
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double power = ldexp(1, exponent);
        expect_shortest(power);
        expect_shortest(nextafter(power, HUGE_VAL));
        expect_shortest(nextafter(power, 0) + DBL_TRUE_MIN);
    }
}

static void reads_the_nearest_double(void **state) {
    (void)state;
    static const struct {
        str text;
        double number;
    } CASES[] = {
        {STR_INIT("0"), 0},
        {STR_INIT("+1.50"), 1.5},
        {STR_INIT("-.5"), -.5},
        {STR_INIT("5."), 5},
        {STR_INIT("1E3"), 1e3},
        {STR_INIT("1e-3"), 1e-3},
        {STR_INIT("1e+22"), 1e22},
        {STR_INIT("1e23"), 1e23},
        {STR_INIT("9007199254740993"), 9007199254740992},
        {STR_INIT("9007199254740993.00000000000000000000000000000001"),
         9007199254740994},
        {STR_INIT("2.4703282292062327e-324"), 0},
        {STR_INIT("2.4703282292062328e-324"), 5e-324},
        {STR_INIT("1e-99999999999999999999"), 0},
        {STR_INIT("0e99999999999999999999"), 0},
        {STR_INIT("1.7976931348623158e308"), DBL_MAX},
        {STR_INIT("0.000000000000000000000000000000000000000000000000000000000"
                  "00000000000000000000000000000000000000000000000000000000001"
                  "0000000000000000000000000000000000000000000000000e100"),
         1e-16},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        double number = 42;
        assert_true(real_parse(CASES[i].text, &number));
        if (number != CASES[i].number)
            fail_msg("%s is read as %a", CASES[i].text.ptr, number);
    }
}

static void refuses_what_is_not_a_number(void **state) {
    (void)state;
    static const str CASES[] = {
        STR_INIT(""),
        STR_INIT("-"),
        STR_INIT("."),
        STR_INIT("e5"),
        STR_INIT("1e"),
        STR_INIT("1e+"),
        STR_INIT("1 "),
        STR_INIT(" 1"),
        STR_INIT("1,5"),
        STR_INIT("0x10"),
        STR_INIT("nan"),
        STR_INIT("inf"),
        STR_INIT("1e5."),
        STR_INIT("--1"),
        STR_INIT("1e309"),
        STR_INIT("1\0"),
        STR_INIT("-1.8e308"),
        STR_INIT("1e\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
                 "\x80\x80\x80\x80\x80\x80"),
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        double number = 42;
        assert_false(real_parse(CASES[i], &number));
        assert_true(number == 42);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_the_shortest_digits),
        TEST(agrees_with_trial_on_all_kinds_of_doubles),
        TEST(reads_the_nearest_double),
        TEST(refuses_what_is_not_a_number),
    };
    return cmocka_run_group_tests_name("base/real", tests, NULL, NULL);
}
