/*
 * weight.h: the q of a header's list (RFC 9110 12.4.2), in thousandths: it has
 * at most three digits.
 */
#ifndef API_WEIGHT_H
#define API_WEIGHT_H

#include "base/str.h"

enum { WEIGHT_FULL = 1000 };

/* "0.8" is 800. What is not a weight counts as none given. */
int weight_parse(str text);

#endif
