#include "base/ulid.h"

#include "base/assert.h"

enum { TIME_DIGITS = 10, HALF_DIGITS = 8 };
_Static_assert(TIME_DIGITS + 2 * HALF_DIGITS == ULID_LENGTH,
               "the parts make up an id");

/* The last `digits` digits of n; returns where the next go. */
static char *put(char *to, uint64_t n, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        to[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[n % 32];
        n /= 32;
    }
    return to + digits;
}

void ulid_format(rand_source *r, int64_t now_ms, char out[ULID_LENGTH]) {
    ASSERT(now_ms >= 0);
    char *to = put(out, (uint64_t)now_ms, TIME_DIGITS);
    to = put(to, rand_uint64(r), HALF_DIGITS);
    put(to, rand_uint64(r), HALF_DIGITS);
}
