#include "base/decimal_sum.h"

#include "base/assert.h"

enum {
    BASE = 1000 * 1000 * 1000,
    /* Limbs stay below INT64_MAX. */
    MOST_PENDING = 1 << 30,
    DIGITS = DECIMAL_SUM_DIGITS * DECIMAL_SUM_LIMBS,
    WHOLE_DIGITS = DECIMAL_SUM_DIGITS * DECIMAL_SUM_SIDE,
    /* PostgreSQL keeps four digits in one, and 16 that count. */
    GROUP = 4,
    SIGNIFICANT = 16,
    MOST_SCALE = 1000,
};

/* ---- Adding ------------------------------------------------------------- */

static int64_t read_digits(str digits) {
    int64_t n = 0;
    for (size_t i = 0; i < digits.len; i++)
        n = n * 10 + (digits.ptr[i] - '0');
    return n;
}

static void add_whole(decimal_sum *s, str digits, int sign) {
    for (size_t limb = DECIMAL_SUM_SIDE; digits.len > 0; limb++) {
        size_t n =
            digits.len < DECIMAL_SUM_DIGITS ? digits.len : DECIMAL_SUM_DIGITS;
        str last = str_slice(digits, digits.len - n, digits.len);
        ASSERT(limb < DECIMAL_SUM_LIMBS);
        s->limbs[limb] += sign * read_digits(last);
        digits.len -= n;
    }
}

static void add_fraction(decimal_sum *s, str digits, int sign) {
    for (size_t limb = DECIMAL_SUM_SIDE; digits.len > 0;) {
        size_t n =
            digits.len < DECIMAL_SUM_DIGITS ? digits.len : DECIMAL_SUM_DIGITS;
        int64_t part = read_digits(str_take(&digits, n));
        for (; n < DECIMAL_SUM_DIGITS; n++)
            part *= 10;
        ASSERT(limb > 0);
        s->limbs[--limb] += sign * part;
    }
}

/* Leaves each limb but the last with 0 to BASE - 1. */
static void carry(decimal_sum *s) {
    for (size_t i = 0; i + 1 < DECIMAL_SUM_LIMBS; i++) {
        int64_t over = s->limbs[i] / BASE;
        s->limbs[i] %= BASE;
        if (s->limbs[i] < 0) {
            s->limbs[i] += BASE;
            over--;
        }
        s->limbs[i + 1] += over;
    }
    s->pending = 0;
}

void decimal_sum_add(decimal_sum *s, str decimal) {
    int sign = 1;
    if (str_starts_with(decimal, STR("-"))) {
        sign = -1;
        str_take(&decimal, 1);
    }
    str fraction = decimal;
    str whole = str_split(&fraction, '.');
    if (fraction.len > s->scale)
        s->scale = fraction.len;
    add_whole(s, whole, sign);
    add_fraction(s, fraction, sign);
    if (++s->pending == MOST_PENDING)
        carry(s);
}

/* ---- Text --------------------------------------------------------------- */

/* All digits of the magnitude, the point standing behind WHOLE_DIGITS. */
typedef struct digits {
    bool is_negative;
    char list[DIGITS];
} digits;

static void negate(decimal_sum *s) {
    for (size_t i = 0; i < DECIMAL_SUM_LIMBS; i++)
        s->limbs[i] = -s->limbs[i];
    carry(s);
}

static digits *spell(arena *a, decimal_sum *s) {
    digits *d = arena_new_array(a, digits, 1);
    carry(s);
    d->is_negative = s->limbs[DECIMAL_SUM_LIMBS - 1] < 0;
    if (d->is_negative)
        negate(s);
    size_t at = DIGITS;
    for (size_t i = 0; i < DECIMAL_SUM_LIMBS; i++) {
        int64_t limb = s->limbs[i];
        for (int k = 0; k < DECIMAL_SUM_DIGITS; k++, limb /= 10)
            d->list[--at] = (char)('0' + limb % 10);
    }
    if (d->is_negative)
        negate(s);
    return d;
}

static size_t first_digit(const digits *d, size_t end) {
    size_t i = 0;
    while (i < end && d->list[i] == '0')
        i++;
    return i;
}

static str print(arena *a, const digits *d, size_t scale) {
    size_t end = WHOLE_DIGITS + scale;
    size_t first = first_digit(d, end);
    bool is_zero = first == end;
    if (first > WHOLE_DIGITS - 1)
        first = WHOLE_DIGITS - 1;
    char *text = arena_take(a, end - first + 2, 1);
    char *to = text;
    if (d->is_negative && !is_zero)
        *to++ = '-';
    for (size_t i = first; i < end; i++) {
        if (i == WHOLE_DIGITS)
            *to++ = '.';
        *to++ = d->list[i];
    }
    return (str){text, (size_t)(to - text)};
}

str decimal_sum_text(arena *a, decimal_sum *s) {
    return print(a, spell(a, s), s->scale);
}

/* ---- Averages ----------------------------------------------------------- */

/* A number's first group of four digits that is not zero, and how many groups
 * stand between it and the point. */
typedef struct head {
    int weight;
    int group;
} head;

static head head_of(const digits *d) {
    size_t first = first_digit(d, DIGITS);
    if (first == DIGITS)
        return (head){0};
    /* Groups are counted from the point on, to both sides. */
    int ahead = (int)WHOLE_DIGITS - (int)first;
    int weight = ahead > 0 ? (ahead - 1) / GROUP : -((GROUP - ahead) / GROUP);
    int start = (int)WHOLE_DIGITS - (weight + 1) * GROUP;
    head h = {.weight = weight};
    for (int i = start; i < start + GROUP; i++)
        h.group =
            h.group * 10 + (i >= 0 && i < (int)DIGITS ? d->list[i] - '0' : 0);
    return h;
}

static head head_of_count(int64_t count) {
    head h = {0};
    for (; count >= 10 * 1000; count /= 10 * 1000)
        h.weight++;
    h.group = (int)count;
    return h;
}

static size_t quotient_scale(const digits *d, size_t scale, int64_t count) {
    head x = head_of(d);
    head y = head_of_count(count);
    int weight = x.weight - y.weight - (x.group <= y.group);
    int wanted = SIGNIFICANT - weight * GROUP;
    if (wanted < (int)scale)
        wanted = (int)scale;
    return wanted > MOST_SCALE ? MOST_SCALE : (size_t)wanted;
}

/* Adds one to the digit before end. */
static void round_up(digits *d, size_t end) {
    while (end > 0 && d->list[end - 1] == '9')
        d->list[--end] = '0';
    if (end > 0)
        d->list[end - 1]++;
}

str decimal_sum_average(arena *a, decimal_sum *s, int64_t count) {
    ASSERT(count > 0 && count < INT64_MAX / 10);
    digits *d = spell(a, s);
    size_t scale = quotient_scale(d, s->scale, count);
    size_t end = WHOLE_DIGITS + scale;
    int64_t rest = 0;
    for (size_t i = 0; i < end; i++) {
        rest = rest * 10 + (d->list[i] - '0');
        d->list[i] = (char)('0' + rest / count);
        rest %= count;
    }
    if (rest >= count - rest)
        round_up(d, end);
    return print(a, d, scale);
}
