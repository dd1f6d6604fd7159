/*
 * uuid.h: universally unique ids, RFC 9562: version 4 (random) and version 7
 * (sorted by the time of their making).
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/rand.h"
#include "base/str.h"

enum { UUID_LENGTH = 36 };

typedef struct uuid {
    unsigned char bytes[16]; /* in the order in which they are written */
} uuid;

uuid uuid_v4(rand_source *r);

/* What the version 7 ids of one process share, so that each is larger than the
 * ones before, whichever thread makes them and even if the clock goes back.
 * Starts as zero. */
typedef struct uuid_sequence {
    _Atomic uint64_t last;
} uuid_sequence;

/* now_ms: since 1970, not negative. */
uuid uuid_v7(uuid_sequence *sequence, rand_source *r, int64_t now_ms);

/* In lower case. */
void uuid_format(uuid u, char out[UUID_LENGTH]);

/* Reads all of text: 8-4-4-4-12 hexadecimal digits in either case, of any
 * version. False, and *out untouched, if that is not what it is. */
bool uuid_parse(str text, uuid *out);

#endif
