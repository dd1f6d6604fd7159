#include "base/real.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/assert.h"

enum {
    MAX_EXACT_DIGITS = 19, /* what fits in 64 bits */
    MAX_EXACT_POWER = 22,  /* of ten, in a double */
};

static const double POWERS[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

/* The digits without the point, and where the point was. */
typedef struct parts {
    bool is_negative;
    bool is_exact; /* all digits are in mantissa */
    uint64_t mantissa;
    int64_t exponent;
} parts;

static size_t take_digits(str *rest, parts *p) {
    size_t n = 0;
    for (; n < rest->len && ascii_is_digit(rest->ptr[n]); n++) {
        if (p->mantissa > (UINT64_MAX - 9) / 10)
            p->is_exact = false;
        else
            p->mantissa = p->mantissa * 10 + (uint64_t)(rest->ptr[n] - '0');
    }
    str_take(rest, n);
    return n;
}

static bool take_sign(str *rest) {
    if (rest->len == 0 || (rest->ptr[0] != '-' && rest->ptr[0] != '+'))
        return false;
    return str_take(rest, 1).ptr[0] == '-';
}

static bool take_exponent(str *rest, int64_t *exponent) {
    str_take(rest, 1);
    bool is_negative = take_sign(rest);
    size_t digits = 0;
    int64_t n = 0;
    for (; digits < rest->len && ascii_is_digit(rest->ptr[digits]); digits++) {
        if (n < INT32_MAX)
            n = n * 10 + (rest->ptr[digits] - '0');
    }
    str_take(rest, digits);
    *exponent = is_negative ? -n : n;
    return digits > 0;
}

static bool read_parts(str rest, parts *p) {
    *p = (parts){.is_exact = true};
    p->is_negative = take_sign(&rest);
    size_t digits = take_digits(&rest, p);
    size_t fraction = 0;
    if (rest.len > 0 && rest.ptr[0] == '.') {
        str_take(&rest, 1);
        fraction = take_digits(&rest, p);
    }
    if (digits + fraction == 0)
        return false;
    int64_t exponent = 0;
    if (rest.len > 0 && (rest.ptr[0] | 0x20) == 'e' &&
        !take_exponent(&rest, &exponent))
        return false;
    p->exponent = exponent - (int64_t)fraction;
    return rest.len == 0;
}

/* One rounding of two exact numbers is the nearest double (Clinger 1990). */
static bool parse_exactly(const parts *p, double *out) {
    if (!p->is_exact || p->mantissa >> 53 != 0 ||
        p->exponent < -MAX_EXACT_POWER || p->exponent > MAX_EXACT_POWER)
        return false;
    double n = (double)p->mantissa;
    n = p->exponent < 0 ? n / POWERS[-p->exponent] : n * POWERS[p->exponent];
    *out = p->is_negative ? -n : n;
    return true;
}

static bool parse_slowly(str s, double *out) {
    char local[128];
    char *text = s.len < sizeof local ? local : malloc(s.len + 1);
    if (text == NULL)
        PANIC("out of memory");
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    /* glibc's "C" locale is static: nothing is allocated or freed here. */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double n = strtod_l(text, NULL, c_locale);
    freelocale(c_locale);
    if (text != local)
        free(text);
    if (!isfinite(n))
        return false;
    *out = n;
    return true;
}

bool real_parse(str s, double *out) {
    parts p;
    if (!read_parts(s, &p))
        return false;
    return parse_exactly(&p, out) || parse_slowly(s, out);
}
