#include "base/decimal_math.h"

#include <stdint.h>

#include "base/assert.h"
#include "base/decimal_sum.h"

enum {
    /* PostgreSQL keeps four digits in one, and 16 of a quotient that count. */
    GROUP = 4,
    SIGNIFICANT = 16,
    MOST_SCALE = 1000,
};

/* Digits of a magnitude, 0 to 9, the highest first; the last `scale` of them
 * stand behind the point. */
typedef struct number {
    bool is_negative;
    uint8_t *digits;
    size_t count;
    size_t scale;
} number;

/* ---- Text --------------------------------------------------------------- */

static number read_number(arena *a, str decimal) {
    number n = {.digits = arena_new_array(a, uint8_t, decimal.len)};
    n.is_negative = str_starts_with(decimal, STR("-"));
    n.scale = decimal_scale(decimal);
    for (size_t i = n.is_negative; i < decimal.len; i++)
        if (decimal.ptr[i] != '.')
            n.digits[n.count++] = (uint8_t)(decimal.ptr[i] - '0');
    return n;
}

static size_t count_zeros(const number *n) {
    size_t zeros = 0;
    while (zeros < n->count && n->digits[zeros] == 0)
        zeros++;
    return zeros;
}

/* One digit before the point at least, and no zeros there beside it. */
static str write_number(arena *a, const number *n) {
    size_t first = count_zeros(n);
    size_t whole = n->count > n->scale ? n->count - n->scale : 0;
    bool is_zero = first == n->count;
    size_t at = whole > 0 && first >= whole ? whole - 1 : first;
    size_t room = n->count + n->scale + sizeof "-0.";
    char *text = arena_take(a, room, 1);
    char *to = text;
    if (n->is_negative && !is_zero)
        *to++ = '-';
    if (whole == 0)
        *to++ = '0';
    for (at = whole == 0 ? 0 : at; at < whole; at++)
        *to++ = (char)('0' + n->digits[at]);
    if (n->scale > 0)
        *to++ = '.';
    for (size_t i = n->count; i < n->scale; i++)
        *to++ = '0';
    for (; at < n->count; at++)
        *to++ = (char)('0' + n->digits[at]);
    return (str){text, (size_t)(to - text)};
}

/* ---- Rounding ----------------------------------------------------------- */

/* Adds one to the last digit; there is a zero in front of the first. */
static void count_up(number *n) {
    size_t at = n->count;
    while (n->digits[at - 1] == 9)
        n->digits[--at] = 0;
    n->digits[at - 1]++;
}

/* Cuts off all but scale digits behind the point. */
static void cut(number *n, size_t scale) {
    size_t dropped = n->scale - scale;
    bool is_up = dropped <= n->count && n->digits[n->count - dropped] >= 5;
    ASSERT(n->digits[0] == 0 && dropped < n->count);
    n->count -= dropped;
    n->scale = scale;
    if (is_up)
        count_up(n);
}

str decimal_round(arena *a, str decimal, size_t scale) {
    number n = read_number(a, decimal);
    size_t zeros = scale > n.scale ? scale - n.scale : 0;
    number padded = {.is_negative = n.is_negative,
                     .digits = arena_new_array(a, uint8_t, n.count + zeros + 1),
                     .count = n.count + zeros + 1,
                     .scale = n.scale + zeros};
    memcpy(padded.digits + 1, n.digits, n.count);
    if (padded.scale > scale)
        cut(&padded, scale);
    return write_number(a, &padded);
}

str decimal_trim(str decimal) {
    if (str_find_char(decimal, '.') == decimal.len)
        return decimal;
    while (str_ends_with(decimal, STR("0")))
        decimal.len--;
    if (str_ends_with(decimal, STR(".")))
        decimal.len--;
    return decimal;
}

bool decimal_is_zero(str decimal) {
    return decimal_significant_digits(decimal) == 0;
}

/* ---- Sums and products -------------------------------------------------- */

str decimal_negate(arena *a, str decimal) {
    if (decimal_is_zero(decimal))
        return decimal;
    if (str_starts_with(decimal, STR("-")))
        return str_slice(decimal, 1, decimal.len);
    return arena_printf(a, "-%.*s", STR_ARG(decimal));
}

str decimal_add(arena *a, str x, str y) {
    decimal_sum *s = arena_new_array(a, decimal_sum, 1);
    decimal_sum_add(s, x);
    decimal_sum_add(s, y);
    return decimal_sum_text(a, s);
}

str decimal_multiply(arena *a, str x, str y) {
    number n = read_number(a, x);
    number m = read_number(a, y);
    size_t count = n.count + m.count;
    uint64_t *columns = arena_new_array(a, uint64_t, count);
    number product = {.is_negative = n.is_negative != m.is_negative,
                      .digits = arena_new_array(a, uint8_t, count),
                      .count = count,
                      .scale = n.scale + m.scale};
    for (size_t i = 0; i < n.count; i++)
        for (size_t k = 0; k < m.count; k++)
            columns[i + k + 1] += (uint64_t)n.digits[i] * m.digits[k];
    uint64_t carried = 0;
    for (size_t i = count; i-- > 0;) {
        carried += columns[i];
        product.digits[i] = (uint8_t)(carried % 10);
        carried /= 10;
    }
    ASSERT(carried == 0);
    return write_number(a, &product);
}

/* ---- Quotients ---------------------------------------------------------- */

/* A number's first group of four digits that is not zero, and how many groups
 * stand between it and the point. */
typedef struct head {
    int weight;
    int group;
} head;

/* The digit that far before the point, the nearest being 0. */
static int digit_before(const number *n, int distance) {
    int at = (int)n->count - (int)n->scale - 1 - distance;
    return at >= 0 && at < (int)n->count ? n->digits[at] : 0;
}

static head head_of(const number *n) {
    size_t zeros = count_zeros(n);
    if (zeros == n->count)
        return (head){0};
    int first = (int)n->count - (int)n->scale - 1 - (int)zeros;
    int weight = first >= 0 ? first / GROUP : -((GROUP - 1 - first) / GROUP);
    head h = {.weight = weight};
    for (int i = GROUP - 1; i >= 0; i--)
        h.group = h.group * 10 + digit_before(n, weight * GROUP + i);
    return h;
}

static size_t quotient_scale(const number *x, const number *y) {
    head p = head_of(x);
    head q = head_of(y);
    int weight = p.weight - q.weight - (p.group <= q.group);
    int wanted = SIGNIFICANT - weight * GROUP;
    if (wanted < (int)x->scale)
        wanted = (int)x->scale;
    if (wanted < (int)y->scale)
        wanted = (int)y->scale;
    return wanted > MOST_SCALE ? MOST_SCALE : (size_t)wanted;
}

/* rest has one digit more than divisor. */
static bool is_at_least(const uint8_t *rest, const uint8_t *divisor,
                        size_t count) {
    return rest[0] > 0 || memcmp(rest + 1, divisor, count) >= 0;
}

static void take_away(uint8_t *rest, const uint8_t *divisor, size_t count) {
    int borrowed = 0;
    for (size_t i = count; i-- > 0;) {
        int digit = rest[i + 1] - divisor[i] - borrowed;
        borrowed = digit < 0;
        rest[i + 1] = (uint8_t)(digit + (borrowed ? 10 : 0));
    }
    rest[0] = (uint8_t)(rest[0] - borrowed);
}

/* Both as whole numbers, x with `more` zeros behind it. As by hand. */
static number divide(arena *a, const number *x, const number *y, size_t more) {
    size_t skipped = count_zeros(y);
    const uint8_t *divisor = y->digits + skipped;
    size_t width = y->count - skipped;
    uint8_t *rest = arena_new_array(a, uint8_t, width + 1);
    size_t count = x->count + more;
    number out = {.digits = arena_new_array(a, uint8_t, count + 1),
                  .count = count + 1};
    for (size_t i = 0; i < count; i++) {
        memmove(rest, rest + 1, width);
        rest[width] = i < x->count ? x->digits[i] : 0;
        for (; is_at_least(rest, divisor, width); out.digits[i + 1]++)
            take_away(rest, divisor, width);
    }
    return out;
}

str decimal_divide(arena *a, str x, str y) {
    number n = read_number(a, x);
    number m = read_number(a, y);
    ASSERT(!decimal_is_zero(y));
    size_t scale = quotient_scale(&n, &m);
    /* One digit more, which says how to round. The scale is not below that of
     * x, so there are never too many. */
    number quotient = divide(a, &n, &m, scale + 1 + m.scale - n.scale);
    quotient.is_negative = n.is_negative != m.is_negative;
    quotient.scale = scale + 1;
    number padded = quotient;
    if (padded.count <= padded.scale) {
        padded.count = padded.scale + 1;
        padded.digits = arena_new_array(a, uint8_t, padded.count);
        memcpy(padded.digits + padded.count - quotient.count, quotient.digits,
               quotient.count);
    }
    cut(&padded, scale);
    return write_number(a, &padded);
}
