/*
 * quantity.h: sizes and times as attributes write them: a whole number and a
 * unit, without a blank in between.
 *
 *     @file(maxSize: "5MB")            B, KB, MB, GB: each 1024 of the one before
 *     @@audit(retention: "90d")        d, w, y: a year has 365 days
 */
#ifndef SCHEMA_QUANTITY_H
#define SCHEMA_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* False, and *out untouched, if text is nothing like it, zero or too large. */
bool quantity_parse_bytes(str text, uint64_t *out);
bool quantity_parse_days(str text, uint32_t *out);

#endif
