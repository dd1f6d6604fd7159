/*
 * A double stands for an interval of real numbers: all that are read back as
 * it. Its shortest text is the decimal in that interval with the fewest digits,
 * and of those the nearest.
 *
 * Scaled by a power of ten so that the number has 17 digits before the point,
 * the interval is wider than 1; what is left is to find the multiple of the
 * largest power of ten among the integers in it. The bounds are computed
 * exactly: in 128 bits for the numbers that people store, in long arithmetic
 * for the rest.
 */
#include "base/real.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

enum {
    MANTISSA_BITS = 52,
    EXPONENT_BIAS = 1075, /* of the mantissa as an integer */
    SCALED_DIGITS = 17,
    LONG_WORDS = 20, /* 1280 bits: 5e-324 needs 1190 */
    QUOTIENT_BITS = 58,
};

__extension__ typedef unsigned __int128 u128;

typedef struct long_number {
    uint64_t words[LONG_WORDS]; /* least significant first */
} long_number;

/* mantissa * 10^power * 2^exponent, cut to an integer. */
typedef struct scaled {
    uint64_t whole;
    bool is_exact;
    bool is_half_or_more; /* the part that was cut off */
} scaled;

typedef struct digits {
    uint64_t value;
    int exponent; /* value * 10^exponent */
} digits;

/* --- long arithmetic --- */

static void long_multiply(long_number *n, uint64_t factor) {
    u128 carry = 0;
    for (int i = 0; i < LONG_WORDS; i++) {
        carry += (u128)n->words[i] * factor;
        n->words[i] = (uint64_t)carry;
        carry >>= 64;
    }
    ASSERT(carry == 0);
}

static void long_multiply_by_power(long_number *n, int power_of_ten) {
    const uint64_t ten_to_19 = UINT64_C(10000000000000000000);
    for (; power_of_ten >= 19; power_of_ten -= 19)
        long_multiply(n, ten_to_19);
    for (; power_of_ten > 0; power_of_ten--)
        long_multiply(n, 10);
}

static void long_shift_left(long_number *n, int bits) {
    for (; bits >= 32; bits -= 32)
        long_multiply(n, UINT64_C(1) << 32);
    long_multiply(n, UINT64_C(1) << bits);
}

static void long_halve(long_number *n) {
    for (int i = 0; i < LONG_WORDS; i++) {
        uint64_t above = i + 1 < LONG_WORDS ? n->words[i + 1] : 0;
        n->words[i] = n->words[i] >> 1 | above << 63;
    }
}

static int long_compare(const long_number *a, const long_number *b) {
    for (int i = LONG_WORDS - 1; i >= 0; i--) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

static void long_subtract(long_number *a, const long_number *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < LONG_WORDS; i++) {
        u128 difference = (u128)a->words[i] - b->words[i] - borrow;
        a->words[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
}

static scaled scale_long(uint64_t mantissa, int power, int exponent) {
    long_number rest = {{mantissa}};
    long_number divisor = {{1}};
    long_multiply_by_power(power >= 0 ? &rest : &divisor, abs(power));
    long_shift_left(exponent >= 0 ? &rest : &divisor, abs(exponent));
    long_shift_left(&divisor, QUOTIENT_BITS);

    scaled s = {0};
    for (int bit = QUOTIENT_BITS; bit >= 0; bit--) {
        if (long_compare(&rest, &divisor) >= 0) {
            long_subtract(&rest, &divisor);
            s.whole |= UINT64_C(1) << bit;
        }
        if (bit > 0)
            long_halve(&divisor);
    }
    static const long_number ZERO;
    s.is_exact = long_compare(&rest, &ZERO) == 0;
    long_shift_left(&rest, 1);
    s.is_half_or_more = long_compare(&rest, &divisor) >= 0;
    return s;
}

/* --- the same in 128 bits, for power >= 0 and exponent < 0 --- */

static u128 power_of_ten(int power) {
    u128 n = 1;
    for (; power > 0; power--)
        n *= 10;
    return n;
}

static scaled scale_short(uint64_t mantissa, u128 power, int exponent) {
    DEBUG_ASSERT(exponent < 0 && exponent > -128);
    u128 product = mantissa * power;
    u128 unit = (u128)1 << -exponent;
    u128 rest = product & (unit - 1);
    return (scaled){(uint64_t)(product >> -exponent), rest == 0,
                    rest >= unit / 2};
}

/* --- the shortest decimal of an interval --- */

/* value / 10^dropped, rounded to the nearest. */
static uint64_t rounded(scaled value, int dropped) {
    if (dropped == 0)
        return value.whole + value.is_half_or_more;
    uint64_t unit = (uint64_t)power_of_ten(dropped);
    return value.whole / unit + (value.whole % unit >= unit / 2);
}

static digits shortest_between(scaled low, scaled value, scaled high,
                               bool has_bounds, int power) {
    uint64_t from = low.whole + !(low.is_exact && has_bounds);
    uint64_t to = high.whole - (high.is_exact && !has_bounds);
    int dropped = 0;
    while ((from + 9) / 10 <= to / 10) {
        from = (from + 9) / 10;
        to /= 10;
        dropped++;
    }
    uint64_t nearest = rounded(value, dropped);
    nearest = nearest < from ? from : nearest > to ? to : nearest;
    return (digits){nearest, dropped - power};
}

static digits shortest_digits(double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    int biased = (int)(bits >> MANTISSA_BITS);
    uint64_t mantissa =
        biased > 0 ? fraction | UINT64_C(1) << MANTISSA_BITS : fraction;
    int exponent = (biased > 0 ? biased : 1) - EXPONENT_BIAS;

    /* Times 4, so that the bounds half way to the neighbours are integers; the
     * lower neighbour is nearer where the exponent changes. A bound is read as
     * the neighbour that is even. */
    uint64_t value = mantissa * 4;
    uint64_t low = value - (fraction == 0 && biased > 1 ? 1 : 2);
    uint64_t high = value + 2;
    bool has_bounds = mantissa % 2 == 0;
    exponent -= 2;

    int power = SCALED_DIGITS - 1 - (int)floor(log10(number));
    if (number >= 1e-5 && number < 1e15) {
        u128 ten = power_of_ten(power);
        return shortest_between(
            scale_short(low, ten, exponent), scale_short(value, ten, exponent),
            scale_short(high, ten, exponent), has_bounds, power);
    }
    return shortest_between(
        scale_long(low, power, exponent), scale_long(value, power, exponent),
        scale_long(high, power, exponent), has_bounds, power);
}

/* --- layout --- */

static size_t write_whole(uint64_t n, char out[REAL_TEXT_MAX]) {
    char reversed[20];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    return count;
}

/* Puts `count` copies of c, or a gap to be filled, before out[at]. */
static size_t insert(char *out, size_t len, size_t at, char c, size_t count) {
    memmove(out + at + count, out + at, len - at);
    memset(out + at, c, count);
    return len + count;
}

static size_t lay_out(digits d, char out[REAL_TEXT_MAX]) {
    size_t len = write_whole(d.value, out);
    int first = (int)len - 1 + d.exponent; /* power of the first digit */
    if (first < -4 || first >= 15) {
        if (len > 1)
            len = insert(out, len, 1, '.', 1);
        return len + (size_t)snprintf(out + len, REAL_TEXT_MAX - len, "e%c%02d",
                                      first < 0 ? '-' : '+', abs(first));
    }
    if (d.exponent >= 0)
        return insert(out, len, len, '0', (size_t)d.exponent);
    if (first >= 0)
        return insert(out, len, (size_t)first + 1, '.', 1);
    len = insert(out, len, 0, '0', (size_t)-first);
    return insert(out, len, 1, '.', 1);
}

size_t real_format(double number, char out[REAL_TEXT_MAX]) {
    ASSERT(isfinite(number));
    size_t sign = signbit(number) ? 1 : 0;
    out[0] = '-';
    number = fabs(number);
    if (number < 1e15 && number == (double)(uint64_t)number)
        return sign + write_whole((uint64_t)number, out + sign);
    return sign + lay_out(shortest_digits(number), out + sign);
}
