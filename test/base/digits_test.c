#include "base/digits.h"

#include <inttypes.h>
#include <stdio.h>

#include "test/support/test.h"

static void expect_same_as_printf(uint64_t n) {
    char text[DIGITS_MAX];
    char expected[DIGITS_MAX + 1];
    int len = snprintf(expected, sizeof expected, "%" PRIu64, n);
    str written = {text, digits_write(n, text)};
    expect_str(written, ((str){expected, (size_t)len}));
}

static void writes_every_length(void **state) {
    (void)state;
    expect_same_as_printf(0);
    for (uint64_t power = 1;; power *= 10) {
        for (uint64_t first = 1; first <= 9; first++) {
            if (power > UINT64_MAX / first)
                break;
            expect_same_as_printf(power * first);
            expect_same_as_printf(power * first - 1);
            expect_same_as_printf(power * first + power / 7);
        }
        if (power > UINT64_MAX / 10)
            break;
    }
    expect_same_as_printf(UINT64_MAX);
}

static void writes_around_powers_of_two(void **state) {
    (void)state;
    for (int bit = 0; bit < 64; bit++) {
        expect_same_as_printf((UINT64_C(1) << bit) - 1);
        expect_same_as_printf(UINT64_C(1) << bit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_every_length),
        TEST(writes_around_powers_of_two),
    };
    return cmocka_run_group_tests_name("base/digits", tests, NULL, NULL);
}
