#include "base/cuid.h"

#include "base/assert.h"

enum {
    TIME_DIGITS = 8, /* enough until the year 2059 */
    BLOCK_DIGITS = 4,
    RANDOM_DIGITS = 8,
    BLOCK_VALUES = 36 * 36 * 36 * 36,
};
_Static_assert(1 + TIME_DIGITS + 2 * BLOCK_DIGITS + RANDOM_DIGITS ==
                   CUID_LENGTH,
               "the parts make up an id");

/* The last `digits` digits of n; returns where the next go. */
static char *put(char *to, uint64_t n, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        to[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36];
        n /= 36;
    }
    return to + digits;
}

void cuid_init(cuid_sequence *sequence, rand_source *r) {
    atomic_init(&sequence->count, 0);
    sequence->process = (uint32_t)rand_below(r, BLOCK_VALUES);
}

void cuid_format(cuid_sequence *sequence, rand_source *r, int64_t now_ms,
                 char out[CUID_LENGTH]) {
    ASSERT(now_ms >= 0);
    uint32_t count =
        atomic_fetch_add_explicit(&sequence->count, 1, memory_order_relaxed);
    uint64_t random = rand_below(r, (uint64_t)BLOCK_VALUES * BLOCK_VALUES);
    char *to = out;
    *to++ = 'c';
    to = put(to, (uint64_t)now_ms, TIME_DIGITS);
    to = put(to, count, BLOCK_DIGITS);
    to = put(to, sequence->process, BLOCK_DIGITS);
    put(to, random, RANDOM_DIGITS);
}

void cuid2_format(rand_source *r, char out[CUID2_LENGTH]) {
    out[0] = (char)('a' + rand_below(r, 26));
    for (size_t i = 1; i < CUID2_LENGTH; i++)
        put(&out[i], rand_below(r, 36), 1);
}
