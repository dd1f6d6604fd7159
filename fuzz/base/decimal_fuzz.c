/*
 * The canonical form of a decimal is its own canonical form and reads as the
 * same double as what it was made from; zeros at its end change nothing, and
 * another digit behind them takes it away from zero.
 */
#include "base/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/real.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reading both texts as doubles gives the nearest of the same number. */
static void compare_as_doubles(str text, str canonical) {
    double before = 0;
    double after = 0;
    bool is_real = real_parse(text, &before);
    ASSERT(real_parse(canonical, &after) == is_real);
    ASSERT(before == after);
}

static void check_canonical(str c) {
    str digits = c;
    bool is_negative = str_starts_with(c, STR("-"));
    if (is_negative)
        str_take(&digits, 1);
    ASSERT(digits.len > 0 && digits.ptr[0] >= '0' && digits.ptr[0] <= '9');
    ASSERT(digits.ptr[0] != '0' || digits.len == 1 || digits.ptr[1] == '.');
    ASSERT(digits.ptr[digits.len - 1] != '.');
    for (size_t i = 0; i < digits.len; i++)
        ASSERT(digits.ptr[i] == '.' ||
               (digits.ptr[i] >= '0' && digits.ptr[i] <= '9'));
    size_t significant = decimal_significant_digits(c);
    ASSERT(!is_negative || significant > 0);
    ASSERT((decimal_compare(c, STR("0")) != 0) == (significant > 0));
    ASSERT((decimal_compare(c, STR("0")) < 0) == is_negative);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    str canonical;
    str again;
    if (decimal_parse(a, text, &canonical) != NULL)
        return 0;
    check_canonical(canonical);
    compare_as_doubles(text, canonical);
    err *e = decimal_parse(a, canonical, &again);
    ASSERT(e == NULL && str_equal(canonical, again));
    str scaled = arena_printf(a, "%.*s%s0", STR_ARG(canonical),
                              decimal_scale(canonical) > 0 ? "" : ".");
    ASSERT(decimal_compare(canonical, scaled) == 0);
    str larger = arena_printf(a, "%.*s1", STR_ARG(scaled));
    int direction = canonical.ptr[0] == '-' ? -1 : 1;
    ASSERT(decimal_compare(larger, canonical) == direction);
    return 0;
}
