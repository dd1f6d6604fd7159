#include "base/uuid.h"

#include "base/assert.h"
#include "base/hex.h"

enum {
    COUNTER_BITS = 12, /* rand_a of RFC 9562, section 5.7 */
    TIME_BITS = 48,
};

/* Where the hyphens stand. */
static bool is_hyphen(size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

/* RFC 9562, sections 4.1 and 4.2. */
static void mark(uuid *u, unsigned version) {
    u->bytes[6] = (unsigned char)(version << 4 | (u->bytes[6] & 0x0F));
    u->bytes[8] = (unsigned char)(0x80 | (u->bytes[8] & 0x3F));
}

uuid uuid_v4(rand_source *r) {
    uuid u;
    rand_bytes(r, u.bytes, sizeof u.bytes);
    mark(&u, 4);
    return u;
}

/* Time and counter as one number that only grows (RFC 9562, section 6.2,
 * method 1). A counter that runs over borrows from the next millisecond; it
 * starts in the lower half of its range, so that this is rare. */
static uint64_t next(uuid_sequence *sequence, uint64_t fresh) {
    uint64_t last = atomic_load_explicit(&sequence->last, memory_order_relaxed);
    uint64_t mine;
    do
        mine = fresh > last ? fresh : last + 1;
    while (!atomic_compare_exchange_weak_explicit(&sequence->last, &last, mine,
                                                  memory_order_relaxed,
                                                  memory_order_relaxed));
    return mine;
}

uuid uuid_v7(uuid_sequence *sequence, rand_source *r, int64_t now_ms) {
    ASSERT(now_ms >= 0 && now_ms >> TIME_BITS == 0);
    uuid u;
    rand_bytes(r, u.bytes, sizeof u.bytes);
    uint64_t counter = u.bytes[7] | (u.bytes[6] & UINT64_C(7)) << 8;
    uint64_t n = next(sequence, (uint64_t)now_ms << COUNTER_BITS | counter);

    uint64_t time = n >> COUNTER_BITS;
    for (int i = 0; i < 6; i++)
        u.bytes[i] = (unsigned char)(time >> (40 - 8 * i));
    u.bytes[6] = (unsigned char)(n >> 8);
    u.bytes[7] = (unsigned char)n;
    mark(&u, 7);
    return u;
}

void uuid_format(uuid u, char out[UUID_LENGTH]) {
    char *to = out;
    for (size_t i = 0; i < sizeof u.bytes; i++) {
        if (is_hyphen((size_t)(to - out)))
            *to++ = '-';
        to = hex_put(to, u.bytes[i]);
    }
}

bool uuid_parse(str text, uuid *out) {
    uuid u;
    size_t at = 0;
    if (text.len != UUID_LENGTH)
        return false;
    for (size_t i = 0; i < sizeof u.bytes; i++) {
        if (is_hyphen(at) && text.ptr[at++] != '-')
            return false;
        int high = hex_digit(text.ptr[at++]);
        int low = hex_digit(text.ptr[at++]);
        if (high < 0 || low < 0)
            return false;
        u.bytes[i] = (unsigned char)(high << 4 | low);
    }
    *out = u;
    return true;
}
