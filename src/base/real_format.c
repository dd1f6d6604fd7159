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
#include "base/attr.h"
#include "base/digits.h"

enum {
    MANTISSA_BITS = 52,
    EXPONENT_BIAS = 1075, /* of the mantissa as an integer */
    SCALED_DIGITS = 17,
    LONG_WORDS = 22, /* 1408 bits: 5e-324 needs 1190 and a word to shift */
};

__extension__ typedef unsigned __int128 u128;

typedef struct long_number {
    int count;
    uint64_t
        words[LONG_WORDS]; /* least significant first; zero from count on */
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

static const uint64_t POWERS[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};
enum { LAST_POWER = LENGTH(POWERS) - 1 };

/* Up to 38. */
static u128 power_of_ten(int power) {
    return power <= LAST_POWER
               ? POWERS[power]
               : (u128)POWERS[LAST_POWER] * POWERS[power - LAST_POWER];
}

/* --- long arithmetic --- */

static void long_multiply(long_number *n, uint64_t factor) {
    u128 carry = 0;
    for (int i = 0; i < n->count; i++) {
        carry += (u128)n->words[i] * factor;
        n->words[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry > 0) {
        ASSERT(n->count < LONG_WORDS);
        n->words[n->count++] = (uint64_t)carry;
    }
}

static void long_multiply_by_power(long_number *n, int power) {
    for (; power > LAST_POWER; power -= LAST_POWER)
        long_multiply(n, POWERS[LAST_POWER]);
    long_multiply(n, POWERS[power]);
}

static void long_shift_left(long_number *n, int bits) {
    int words = bits / 64;
    ASSERT(n->count + words < LONG_WORDS);
    memmove(n->words + words, n->words, (size_t)n->count * sizeof *n->words);
    memset(n->words, 0, (size_t)words * sizeof *n->words);
    n->count += words;
    long_multiply(n, UINT64_C(1) << bits % 64);
}

static int long_compare(const long_number *a, const long_number *b) {
    for (int i = LONG_WORDS - 1; i >= 0; i--) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

/* Takes b * factor off a; what is missing is the result, in units of a's word
 * above b's last. */
static uint64_t long_subtract(long_number *a, const long_number *b,
                              uint64_t factor) {
    u128 borrow = 0;
    for (int i = 0; i < b->count; i++) {
        borrow += (u128)b->words[i] * factor;
        uint64_t low = (uint64_t)borrow;
        borrow = (borrow >> 64) + (a->words[i] < low);
        a->words[i] -= low;
    }
    uint64_t above = a->words[b->count];
    a->words[b->count] = above - (uint64_t)borrow;
    return above < borrow;
}

static void long_add(long_number *a, const long_number *b) {
    u128 carry = 0;
    for (int i = 0; i < b->count; i++) {
        carry += (u128)a->words[i] + b->words[i];
        a->words[i] = (uint64_t)carry;
        carry >>= 64;
    }
    a->words[b->count] += (uint64_t)carry;
}

/* One step of long division (Knuth, The Art of Computer Programming, 4.3.1,
 * algorithm D): the quotient fits a word, and guessed from the first two words
 * of a divisor that starts with a one bit it is at most two too large. Leaves
 * the rest. */
static uint64_t long_divide(long_number *rest, const long_number *divisor) {
    int top = divisor->count - 1;
    u128 first = (u128)rest->words[top + 1] << 64 | rest->words[top];
    u128 guess = first / divisor->words[top];
    uint64_t quotient = guess > UINT64_MAX ? UINT64_MAX : (uint64_t)guess;
    bool is_too_large = long_subtract(rest, divisor, quotient);
    while (is_too_large) {
        quotient--;
        long_add(rest, divisor);
        is_too_large = rest->words[divisor->count] != 0;
    }
    return quotient;
}

static scaled scale_long(uint64_t mantissa, int power, int exponent) {
    long_number rest = {1, {mantissa}};
    long_number divisor = {1, {1}};
    long_multiply_by_power(power >= 0 ? &rest : &divisor, abs(power));
    long_shift_left(exponent >= 0 ? &rest : &divisor, abs(exponent));
    int unused = __builtin_clzll(divisor.words[divisor.count - 1]);
    long_shift_left(&divisor, unused);
    long_shift_left(&rest, unused);

    static const long_number ZERO;
    scaled s = {.whole = long_divide(&rest, &divisor)};
    s.is_exact = long_compare(&rest, &ZERO) == 0;
    rest.count = divisor.count;
    long_multiply(&rest, 2);
    s.is_half_or_more = long_compare(&rest, &divisor) >= 0;
    return s;
}

/* --- the same in 128 bits, for power >= 0 and exponent < 0 --- */

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
    uint64_t unit = POWERS[dropped];
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

/* Puts `count` copies of c, or a gap to be filled, before out[at]. */
static size_t insert(char *out, size_t len, size_t at, char c, size_t count) {
    memmove(out + at + count, out + at, len - at);
    memset(out + at, c, count);
    return len + count;
}

static size_t lay_out(digits d, char out[REAL_TEXT_MAX]) {
    size_t len = digits_write(d.value, out);
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

/* What people store has few digits behind the point. A number of so many
 * units of 1e-6 that reads back as the double, which takes one rounding of two
 * exact numbers, is its shortest text: no two decimals of 15 digits are the
 * same double. 0: it is not of this kind. */
static size_t write_few_places(double number, char out[REAL_TEXT_MAX]) {
    enum { PLACES = 6, UNIT = 1000000 };
    if (number < 1e-4 || number >= 1e15 / UNIT)
        return 0;
    uint64_t units = (uint64_t)(number * UNIT + 0.5);
    if ((double)units / UNIT != number)
        return 0;
    size_t len = digits_write(units / UNIT, out);
    uint64_t fraction = units % UNIT;
    out[len] = '.';
    size_t end = len + 1 + PLACES;
    for (size_t at = end; at > len + 1; fraction /= 10)
        out[--at] = (char)('0' + fraction % 10);
    while (out[end - 1] == '0')
        end--;
    return end;
}

size_t real_format(double number, char out[REAL_TEXT_MAX]) {
    ASSERT(isfinite(number));
    size_t sign = signbit(number) ? 1 : 0;
    out[0] = '-';
    number = fabs(number);
    if (number < 1e15 && number == (double)(uint64_t)number)
        return sign + digits_write((uint64_t)number, out + sign);
    size_t few = write_few_places(number, out + sign);
    if (LIKELY(few > 0))
        return sign + few;
    return sign + lay_out(shortest_digits(number), out + sign);
}
