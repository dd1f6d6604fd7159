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
static inline uint64_t load(const char *at, size_t count) {
    uint64_t word = 0;
    memcpy(&word, at, count);
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
        absorb(&s, load(text.ptr + at, 8));
    uint64_t last = (uint64_t)text.len << 56;
    if (text.len > at)
        last |= load(text.ptr + at, text.len - at);
    absorb(&s, last);
    s.c ^= 0xFF;
    mix(&s);
    mix(&s);
    mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
