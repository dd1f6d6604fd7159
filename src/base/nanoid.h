/*
 * nanoid.h: short random ids for URLs: letters, digits, _ and -, six random
 * bits each. They are as hard to guess as they are long: 21 characters, the
 * usual length, hold more than a UUID.
 */
#ifndef BASE_NANOID_H
#define BASE_NANOID_H

#include <stddef.h>

#include "base/rand.h"

enum {
    NANOID_LENGTH = 21, /* unless the schema says another */
    NANOID_MIN_LENGTH = 2,
    NANOID_MAX_LENGTH = 255,
};

void nanoid_format(rand_source *r, char *out, size_t length);

#endif
