#include "base/rand.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/assert.h"

rand_source rand_secure(void) {
    return (rand_source){.is_seeded = false};
}

rand_source rand_seeded(uint64_t seed) {
    return (rand_source){.is_seeded = true, .state = seed};
}

/* splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014. */
static uint64_t next_seeded(rand_source *r) {
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void fill_seeded(rand_source *r) {
    for (size_t at = 0; at < RAND_BUFFERED; at += sizeof(uint64_t)) {
        uint64_t n = next_seeded(r);
        for (size_t i = 0; i < sizeof n; i++) /* on any machine alike */
            r->buffer[at + i] = (unsigned char)(n >> (8 * i));
    }
}

static void fill_secure(rand_source *r) {
    size_t done = 0;
    while (done < RAND_BUFFERED) {
        ssize_t n = getrandom(r->buffer + done, RAND_BUFFERED - done, 0);
        if (n < 0 && errno != EINTR)
            PANIC("the kernel gives no random bytes");
        done += n > 0 ? (size_t)n : 0;
    }
}

static void fill(rand_source *r) {
    if (r->is_seeded)
        fill_seeded(r);
    else
        fill_secure(r);
    r->left = RAND_BUFFERED;
}

void rand_bytes(rand_source *r, void *out, size_t size) {
    unsigned char *to = out;
    while (size > 0) {
        if (r->left == 0)
            fill(r);
        size_t n = size < r->left ? size : r->left;
        unsigned char *from = r->buffer + RAND_BUFFERED - r->left;
        memcpy(to, from, n);
        explicit_bzero(from, n);
        r->left -= n;
        to += n;
        size -= n;
    }
}

uint64_t rand_uint64(rand_source *r) {
    unsigned char bytes[sizeof(uint64_t)];
    rand_bytes(r, bytes, sizeof bytes);
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        n |= (uint64_t)bytes[i] << (8 * i);
    return n;
}

uint64_t rand_below(rand_source *r, uint64_t limit) {
    ASSERT(limit > 0);
    /* The last, incomplete run of `limit` numbers is drawn again. */
    uint64_t incomplete = (UINT64_MAX % limit + 1) % limit;
    uint64_t n;
    do
        n = rand_uint64(r);
    while (n > UINT64_MAX - incomplete);
    return n % limit;
}
