/*
 * real.h: doubles as text, in both directions, whatever the locale.
 */
#ifndef BASE_REAL_H
#define BASE_REAL_H

#include <stdbool.h>

#include "base/str.h"

enum { REAL_TEXT_MAX = 32 };

/* Reads all of s: digits with an optional sign, fraction and exponent, to the
 * nearest double. False, and *out untouched, if that is not what s is or if the
 * number is past the largest double. */
bool real_parse(str s, double *out);

/* The shortest digits that read back as the same double, laid out as PostgreSQL
 * does: 5, 0.5, 1e+15, 1e-05. number must be finite. Returns the length. */
size_t real_format(double number, char out[REAL_TEXT_MAX]);

#endif
