/*
 * cuid.h: collision-resistant ids in the form that Prisma's cuid() gives:
 *
 *     c  lq8x2k3h  0042  x7d1  k2m0p9q4
 *     |  time, ms  |     |     random
 *     |            |     of the process
 *     a letter     counts up
 *
 * 25 characters, base 36 in lower case; roughly sorted by time. They tell when
 * they were made and are not secrets.
 */
#ifndef BASE_CUID_H
#define BASE_CUID_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/rand.h"

enum { CUID_LENGTH = 25 };

/* What the ids of one process share; any of its threads may use it. */
typedef struct cuid_sequence {
    _Atomic uint32_t count;
    uint32_t process;
} cuid_sequence;

/* Random where others take the host's name and the process id, which are not
 * everybody's business and are alike in containers. */
void cuid_init(cuid_sequence *sequence, rand_source *r);

/* now_ms: since 1970, not negative. */
void cuid_format(cuid_sequence *sequence, rand_source *r, int64_t now_ms,
                 char out[CUID_LENGTH]);

enum { CUID2_LENGTH = 24 };

/*
 * The successor, cuid2: a letter and 23 digits of base 36, which tell nothing
 * and sort by nothing. Its reference implementation hashes the time, a counter
 * and weak random numbers into them; the kernel's random bytes need no hash.
 */
void cuid2_format(rand_source *r, char out[CUID2_LENGTH]);

#endif
