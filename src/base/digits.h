/*
 * digits.h: whole numbers in decimal, two digits a step: they are a large part
 * of what a list of rows is.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS_MAX = 20 }; /* of UINT64_MAX */

/* Returns the length. */
size_t digits_write(uint64_t n, char out[DIGITS_MAX]);

#endif
