/*
 * decimal_math.h: arithmetic on decimals (decimal.h), with the scales that
 * PostgreSQL gives its numerics. Exact, but for quotients and what is rounded:
 * both half away from zero.
 *
 *     1.50 + 2     3.50        1.50 * 0.2   0.300
 *     10 / 4       2.5000000000000000       2 / 3   0.66666666666666666667
 *
 * All take canonical decimals and give one in the arena, which may have more
 * digits than DECIMAL_MAX_DIGITS: a product has those of both.
 */
#ifndef BASE_DECIMAL_MATH_H
#define BASE_DECIMAL_MATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/decimal.h"

str decimal_negate(arena *a, str decimal);
str decimal_add(arena *a, str x, str y);
str decimal_multiply(arena *a, str x, str y);

/* y is not zero. Behind as many digits as PostgreSQL gives: 16 that count, or
 * the larger scale of the two. */
str decimal_divide(arena *a, str x, str y);

/* With that scale: zeros are added, or digits rounded away. */
str decimal_round(arena *a, str decimal, size_t scale);

/* 1.50 -> 1.5, 2.00 -> 2. A part of decimal. */
str decimal_trim(str decimal);

bool decimal_is_zero(str decimal);

#endif
