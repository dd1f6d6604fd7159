#include "base/decimal.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/ascii.h"
#include "base/assert.h"

/* A number that was read: whole and fraction are digits, borrowed. */
typedef struct parts {
    bool is_negative;
    str whole;
    str fraction;
    int64_t exponent;
} parts;

static str take_digits(str *rest) {
    size_t n = 0;
    while (n < rest->len && ascii_is_digit(rest->ptr[n]))
        n++;
    return str_take(rest, n);
}

static bool take_char(str *rest, char c) {
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    str_take(rest, 1);
    return true;
}

static bool take_sign(str *rest) {
    bool is_negative = take_char(rest, '-');
    if (!is_negative)
        take_char(rest, '+');
    return is_negative;
}

static bool take_exponent(str *rest, int64_t *out) {
    bool is_negative = take_sign(rest);
    str digits = take_digits(rest);
    int64_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (n < INT32_MAX) /* far out of range already */
            n = n * 10 + (digits.ptr[i] - '0');
    }
    *out = is_negative ? -n : n;
    return digits.len > 0;
}

static bool read_parts(str rest, parts *p) {
    p->is_negative = take_sign(&rest);
    p->whole = take_digits(&rest);
    if (take_char(&rest, '.'))
        p->fraction = take_digits(&rest);
    if (p->whole.len + p->fraction.len == 0)
        return false;
    if ((take_char(&rest, 'e') || take_char(&rest, 'E')) &&
        !take_exponent(&rest, &p->exponent))
        return false;
    return rest.len == 0;
}

static size_t leading_zeros(str digits) {
    size_t n = 0;
    while (n < digits.len && digits.ptr[n] == '0')
        n++;
    return n;
}

/* The i-th of all digits, before and behind the point. */
static char digit_at(const parts *p, int64_t i) {
    int64_t whole = (int64_t)p->whole.len;
    if (i < 0 || i >= whole + (int64_t)p->fraction.len)
        return '0';
    return i < whole ? p->whole.ptr[i] : p->fraction.ptr[i - whole];
}

/* What the canonical form is made of: digits [first, point) before the point
 * and [point, end) behind it; some may lie outside of what was written. */
typedef struct layout {
    int64_t first;
    int64_t point;
    int64_t end;
} layout;

static layout lay_out(const parts *p) {
    int64_t written = (int64_t)(p->whole.len + p->fraction.len);
    layout l = {.point = (int64_t)p->whole.len + p->exponent};
    l.first = (int64_t)leading_zeros(p->whole);
    if (l.first == (int64_t)p->whole.len)
        l.first += (int64_t)leading_zeros(p->fraction);
    /* Zero has no first digit, and 0.05 has one behind the point. */
    if (l.first == written || l.first >= l.point)
        l.first = l.point - 1;
    l.end = written > l.point ? written : l.point;
    return l;
}

static bool is_zero(const parts *p) {
    return leading_zeros(p->whole) == p->whole.len &&
           leading_zeros(p->fraction) == p->fraction.len;
}

static str write_parts(arena *a, const parts *p, layout l) {
    char *text = arena_take(a, (size_t)(l.end - l.first) + 2, 1);
    char *to = text;
    if (p->is_negative && !is_zero(p))
        *to++ = '-';
    for (int64_t i = l.first; i < l.end; i++) {
        if (i == l.point)
            *to++ = '.';
        *to++ = digit_at(p, i);
    }
    return (str){text, (size_t)(to - text)};
}

/* The common case: nothing to copy. */
static bool is_canonical(str text, const parts *p) {
    bool has_sign = text.ptr[0] == '-' || text.ptr[0] == '+';
    size_t point = p->fraction.len > 0 ? 1 : 0;
    bool is_plain =
        text.len == has_sign + p->whole.len + point + p->fraction.len;
    bool is_minimal =
        p->whole.len > 0 && (p->whole.ptr[0] != '0' || p->whole.len == 1);
    bool has_right_sign = !has_sign || (text.ptr[0] == '-' && !is_zero(p));
    return is_plain && is_minimal && has_right_sign;
}

err *decimal_parse(arena *a, str text, str *out) {
    parts p = {0};
    if (!read_parts(text, &p))
        return err_new(a, ERR_VALUE_SYNTAX, "\"%.*s\" is not a decimal number",
                       STR_ARG(text));
    layout l = lay_out(&p);
    if (l.end - l.first > DECIMAL_MAX_DIGITS)
        return err_new(a, ERR_VALUE_RANGE,
                       "a decimal number has more than %d digits",
                       DECIMAL_MAX_DIGITS);
    *out = is_canonical(text, &p) ? text : write_parts(a, &p, l);
    return NULL;
}

/* --- canonical decimals --- */

static parts parts_of(str decimal) {
    parts p = {0};
    bool is_decimal = read_parts(decimal, &p);
    ASSERT(is_decimal);
    return p;
}

static int compare_fractions(str a, str b) {
    size_t longer = a.len > b.len ? a.len : b.len;
    for (size_t i = 0; i < longer; i++) {
        char x = i < a.len ? a.ptr[i] : '0';
        char y = i < b.len ? b.ptr[i] : '0';
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int compare_magnitudes(const parts *a, const parts *b) {
    if (a->whole.len != b->whole.len)
        return a->whole.len < b->whole.len ? -1 : 1;
    int order = str_compare(a->whole, b->whole);
    return order != 0 ? order : compare_fractions(a->fraction, b->fraction);
}

int decimal_compare(str a, str b) {
    parts x = parts_of(a);
    parts y = parts_of(b);
    if (x.is_negative != y.is_negative)
        return x.is_negative ? -1 : 1;
    int order = compare_magnitudes(&x, &y);
    return x.is_negative ? -order : order;
}

size_t decimal_significant_digits(str decimal) {
    parts p = parts_of(decimal);
    int64_t end = (int64_t)(p.whole.len + p.fraction.len);
    int64_t first = 0;
    while (first < end && digit_at(&p, first) == '0')
        first++;
    while (end > first && digit_at(&p, end - 1) == '0')
        end--;
    return (size_t)(end - first);
}

size_t decimal_scale(str decimal) {
    return parts_of(decimal).fraction.len;
}
