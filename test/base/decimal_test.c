#include "base/decimal.h"

#include "test/support/test.h"

static void writes_plain_digits(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str canonical;
    } CASES[] = {
        {STR_INIT("0"), STR_INIT("0")},
        {STR_INIT("12.50"), STR_INIT("12.50")},
        {STR_INIT("-12.50"), STR_INIT("-12.50")},
        {STR_INIT("+7"), STR_INIT("7")},
        {STR_INIT("007.10"), STR_INIT("7.10")},
        {STR_INIT(".5"), STR_INIT("0.5")},
        {STR_INIT("-.5"), STR_INIT("-0.5")},
        {STR_INIT("5."), STR_INIT("5")},
        {STR_INIT("-0"), STR_INIT("0")},
        {STR_INIT("-0.00"), STR_INIT("0.00")},
        {STR_INIT("+0.00"), STR_INIT("0.00")},
        {STR_INIT("000"), STR_INIT("0")},
        {STR_INIT("00.050"), STR_INIT("0.050")},

        {STR_INIT("1e3"), STR_INIT("1000")},
        {STR_INIT("1.5E+3"), STR_INIT("1500")},
        {STR_INIT("1.50e1"), STR_INIT("15.0")},
        {STR_INIT("1.50e2"), STR_INIT("150")},
        {STR_INIT("1e-3"), STR_INIT("0.001")},
        {STR_INIT("-12.5e-4"), STR_INIT("-0.00125")},
        {STR_INIT("1200e-2"), STR_INIT("12.00")},
        {STR_INIT("0.05e1"), STR_INIT("0.5")},
        {STR_INIT("0.05e3"), STR_INIT("50")},
        {STR_INIT("0e5"), STR_INIT("0")},
        {STR_INIT("0e-5"), STR_INIT("0.00000")},
        {STR_INIT("0.00e1"), STR_INIT("0.0")},
        {STR_INIT("5e0"), STR_INIT("5")},
        {STR_INIT("5e-0"), STR_INIT("5")},

        {STR_INIT("123456789012345678901234567890.123456789012345678901234567"),
         STR_INIT(
             "123456789012345678901234567890.123456789012345678901234567")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str out;
        str again;
        expect_ok(decimal_parse(a, CASES[i].text, &out));
        expect_str(out, CASES[i].canonical);
        expect_ok(decimal_parse(a, out, &again));
        assert_ptr_equal(again.ptr, out.ptr);
        expect_str(again, CASES[i].canonical);
    }
}

static void refuses_what_is_not_a_number(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {
        "",    "-",    "+",    ".",    "-.",    "e5",       "1e",  "1e+",
        "1e-", "1.2.", "1..2", "1,5",  "1_000", "--1",      "+-1", "1 ",
        " 1",  "0x10", "NaN",  "1e5e", "1e1.5", "Infinity", "1-",  "\xD9\xA1",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str out = STR("untouched");
        str message =
            arena_printf(a, "\"%s\" is not a decimal number", CASES[i]);
        expect_err(decimal_parse(a, str_of(CASES[i]), &out), ERR_VALUE_SYNTAX,
                   message);
        expect_str(out, STR("untouched"));
    }
}

static void bounds_the_digits(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        size_t digits;
    } CASES[] = {
        {STR_INIT("1e999"), 1000},
        {STR_INIT("1e1000"), 0},
        {STR_INIT("1e-999"), 1000},
        {STR_INIT("1e-1000"), 0},
        {STR_INIT("0.1e1000"), 1000},
        {STR_INIT("0e1000000"), 1},
        {STR_INIT("1e99999999999999999999"), 0},
        {STR_INIT("1e-99999999999999999999"), 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str out = {0};
        err *e = decimal_parse(a, CASES[i].text, &out);
        if (CASES[i].digits > 0) {
            expect_ok(e);
            assert_int_equal(out.len - (decimal_scale(out) > 0),
                             CASES[i].digits);
        } else {
            expect_err(e, ERR_VALUE_RANGE,
                       STR("a decimal number has more than 1000 digits"));
        }
    }
}

static void compares_by_value(void **state) {
    (void)state;
    /* From small to large; what stands on one line is equal. */
    static const str ORDER[][3] = {
        {STR_INIT("-100.01"), STR_INIT("-100.01"), STR_INIT("-100.010")},
        {STR_INIT("-100"), STR_INIT("-100.0"), STR_INIT("-100.00")},
        {STR_INIT("-9"), STR_INIT("-9.0"), STR_INIT("-9.00")},
        {STR_INIT("-0.1"), STR_INIT("-0.10"), STR_INIT("-0.100")},
        {STR_INIT("-0.09"), STR_INIT("-0.090"), STR_INIT("-0.0900")},
        {STR_INIT("0"), STR_INIT("0.0"), STR_INIT("0.00")},
        {STR_INIT("0.0001"), STR_INIT("0.00010"), STR_INIT("0.000100")},
        {STR_INIT("1"), STR_INIT("1.0"), STR_INIT("1.00")},
        {STR_INIT("1.01"), STR_INIT("1.010"), STR_INIT("1.0100")},
        {STR_INIT("9.99"), STR_INIT("9.990"), STR_INIT("9.9900")},
        {STR_INIT("10"), STR_INIT("10.0"), STR_INIT("10.00")},
        {STR_INIT("9007199254740993"), STR_INIT("9007199254740993.0"),
         STR_INIT("9007199254740993.00")},
        {STR_INIT("9007199254740993.0000000001"),
         STR_INIT("9007199254740993.00000000010"),
         STR_INIT("9007199254740993.000000000100")},
    };
    for (size_t i = 0; i < LENGTH(ORDER); i++) {
        for (size_t j = 0; j < LENGTH(ORDER); j++) {
            for (size_t k = 0; k < 9; k++) {
                int order = decimal_compare(ORDER[i][k / 3], ORDER[j][k % 3]);
                assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            }
        }
    }
}

static void counts_digits(void **state) {
    (void)state;
    static const struct {
        str decimal;
        size_t significant;
        size_t scale;
    } CASES[] = {
        {STR_INIT("0"), 0, 0},       {STR_INIT("0.00"), 0, 2},
        {STR_INIT("-1200"), 2, 0},   {STR_INIT("120.50"), 4, 2},
        {STR_INIT("0.00120"), 2, 5}, {STR_INIT("-10.01"), 4, 2},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        assert_int_equal(decimal_significant_digits(CASES[i].decimal),
                         CASES[i].significant);
        assert_int_equal(decimal_scale(CASES[i].decimal), CASES[i].scale);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_plain_digits), TEST(refuses_what_is_not_a_number),
        TEST(bounds_the_digits),   TEST(compares_by_value),
        TEST(counts_digits),
    };
    return cmocka_run_group_tests_name("base/decimal", tests, NULL, NULL);
}
