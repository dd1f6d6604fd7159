/*
 * decimal.h: decimal numbers as exact text. No floating point anywhere.
 *
 * The canonical form is plain digits: a '-' only before a number that is not
 * zero, at least one digit before the point and no more zeros there than
 * needed, and the scale (the digits behind the point) as it was written.
 *
 *     12.50 -> 12.50     +007 -> 7        -.5 -> -0.5     -0.00 -> 0.00
 *     1.5e3 -> 1500      1.50e1 -> 15.0   1e-3 -> 0.001
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Of the canonical form, on both sides of the point together. */
enum { DECIMAL_MAX_DIGITS = 1000 };

/* Reads all of text. The result borrows text where that is canonical already.
 * ERR_VALUE_SYNTAX if it is not a number, ERR_VALUE_RANGE if it has too many
 * digits. */
fallible decimal_parse(arena *a, str text, str *out);

/* The rest takes canonical decimals only. */

/* <0, 0, >0 by value: 1.0 equals 1. */
int decimal_compare(str a, str b);

/* From the first to the last digit that is not zero: 4 for 120.50, 2 for -1200,
 * 0 for 0.00. */
size_t decimal_significant_digits(str decimal);

/* The digits behind the point. */
size_t decimal_scale(str decimal);

#endif
