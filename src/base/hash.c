#include "base/hash.h"

typedef struct sip {
    uint64_t a, b, c, d;
} sip;

static inline uint64_t rotate(uint64_t n, int bits) {
    return n << bits | n >> (64 - bits);
}

static inline void mix(sip *s) {
    s->a += s->b;
    s->b = rotate(s->b, 13) ^ s->a;
    s->a = rotate(s->a, 32);
    s->c += s->d;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = rotate(s->b, 17) ^ s->c;
    s->c = rotate(s->c, 32);
}

static inline void absorb(sip *s, uint64_t word) {
    s->d ^= word;
    mix(s);
    s->a ^= word;
}

/* In the machine's byte order: hashes do not leave the process. */
static inline uint64_t load_eight(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Fewer than eight bytes, different numbers for different ones; no copy of a
 * length that the compiler does not know. */
static inline uint64_t load_rest(str rest) {
    if (rest.len >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, rest.ptr, sizeof first);
        memcpy(&last, rest.ptr + rest.len - sizeof last, sizeof last);
        /* Of the last, those that the first does not have. */
        return first | (uint64_t)last >> (8 * (8 - rest.len)) << 32;
    }
    uint64_t word = 0;
    for (size_t i = 0; i < rest.len; i++)
        word = word << 8 | (unsigned char)rest.ptr[i];
    return word;
}

uint64_t hash_of(str text, const uint64_t secret[2]) {
    /* "somepseudorandomlygeneratedbytes" */
    sip s = {
        secret[0] ^ UINT64_C(0x736f6d6570736575),
        secret[1] ^ UINT64_C(0x646f72616e646f6d),
        secret[0] ^ UINT64_C(0x6c7967656e657261),
        secret[1] ^ UINT64_C(0x7465646279746573),
    };
    size_t at = 0;
    for (; text.len - at >= 8; at += 8)
        absorb(&s, load_eight(text.ptr + at));
    absorb(&s,
           (uint64_t)text.len << 56 | load_rest(str_slice(text, at, text.len)));
    s.c ^= 0xFF;
    mix(&s);
    mix(&s);
    mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
