/*
 * ulid.h: ids that sort by the time of their making, in the form of the ULID
 * specification (github.com/ulid/spec):
 *
 *     01ARZ3NDEK TSV4RRFFQ69G5FAV
 *     time, ms   80 random bits
 *
 * 26 characters, base 32 without the letters I, L, O and U. Within a
 * millisecond their order is chance.
 */
#ifndef BASE_ULID_H
#define BASE_ULID_H

#include <stdint.h>

#include "base/rand.h"

enum { ULID_LENGTH = 26 };

/* now_ms: since 1970, not negative. */
void ulid_format(rand_source *r, int64_t now_ms, char out[ULID_LENGTH]);

#endif
