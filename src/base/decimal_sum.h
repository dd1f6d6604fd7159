/*
 * decimal_sum.h: adds decimal numbers exactly, and divides the sum.
 *
 *     decimal_sum s = {0};
 *     decimal_sum_add(&s, STR("0.10"));
 *     decimal_sum_add(&s, STR("0.2"));
 *     decimal_sum_text(a, &s);        0.30
 *     decimal_sum_average(a, &s, 2);  0.15000000000000000000
 */
#ifndef BASE_DECIMAL_SUM_H
#define BASE_DECIMAL_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"

enum {
    DECIMAL_SUM_DIGITS = 9, /* of a limb */
    /* Room on either side of the point for any decimal there is, and for the
     * carries of as many as can be counted. */
    DECIMAL_SUM_SIDE = DECIMAL_MAX_DIGITS / DECIMAL_SUM_DIGITS + 4,
    DECIMAL_SUM_LIMBS = 2 * DECIMAL_SUM_SIDE,
};

/* Zero-initialize. */
typedef struct decimal_sum {
    int64_t limbs[DECIMAL_SUM_LIMBS]; /* the lowest first, of any sign */
    size_t pending; /* additions since carries were taken over */
    size_t scale;   /* the most digits behind the point */
} decimal_sum;

/* decimal is canonical. */
void decimal_sum_add(decimal_sum *s, str decimal);

/* Canonical, with the largest scale of what was added. */
str decimal_sum_text(arena *a, decimal_sum *s);

/* Divided by count, which is positive; rounded half away from zero behind as
 * many digits as PostgreSQL gives a quotient of numerics: at least 16 that
 * count. */
str decimal_sum_average(arena *a, decimal_sum *s, int64_t count);

#endif
