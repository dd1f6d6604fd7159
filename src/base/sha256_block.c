#include "base/sha256_block.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#include <stdbool.h>
#endif

/* The first bits of the fractions of the cube roots of the
 * first 64 primes. */
const uint32_t SHA256_K[SHA256_ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n) {
    return x >> n | x << (32 - n);
}

static uint32_t read_word(const unsigned char *from) {
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 |
           (uint32_t)from[2] << 8 | from[3];
}

/* 6.2.2, step 1 */
static void fill_schedule(const unsigned char *block,
                          uint32_t w[SHA256_ROUNDS]) {
    for (int t = 0; t < 16; t++)
        w[t] = read_word(block + 4 * t);
    for (int t = 16; t < SHA256_ROUNDS; t++) {
        uint32_t x = w[t - 15];
        uint32_t y = w[t - 2];
        uint32_t small0 = rotate(x, 7) ^ rotate(x, 18) ^ x >> 3;
        uint32_t small1 = rotate(y, 17) ^ rotate(y, 19) ^ y >> 10;
        w[t] = small1 + w[t - 7] + small0 + w[t - 16];
    }
}

/* 6.2.2, step 3. The letters do not move from word to word: the next round
 * takes them in turn. */
#define ROUND(t, a, b, c, d, e, f, g, h)                                       \
    do {                                                                       \
        uint32_t first = (h) +                                                 \
                         (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +      \
                         (((e) & (f)) ^ (~(e) & (g))) + SHA256_K[t] + w[t];    \
        (d) += first;                                                          \
        (h) = first + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +         \
              (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));                       \
    } while (0)

/* 6.2.2, steps 2 to 4 */
static void add_block(uint32_t state[SHA256_STATE],
                      const unsigned char *block) {
    uint32_t w[SHA256_ROUNDS];
    uint32_t v[SHA256_STATE];
    fill_schedule(block, w);
    memcpy(v, state, sizeof v);
    for (int t = 0; t < SHA256_ROUNDS; t += SHA256_STATE) {
        ROUND(t, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
        ROUND(t + 1, v[7], v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
        ROUND(t + 2, v[6], v[7], v[0], v[1], v[2], v[3], v[4], v[5]);
        ROUND(t + 3, v[5], v[6], v[7], v[0], v[1], v[2], v[3], v[4]);
        ROUND(t + 4, v[4], v[5], v[6], v[7], v[0], v[1], v[2], v[3]);
        ROUND(t + 5, v[3], v[4], v[5], v[6], v[7], v[0], v[1], v[2]);
        ROUND(t + 6, v[2], v[3], v[4], v[5], v[6], v[7], v[0], v[1]);
        ROUND(t + 7, v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[0]);
    }
    for (int i = 0; i < SHA256_STATE; i++)
        state[i] += v[i];
}

void sha256_add_blocks_plainly(uint32_t state[SHA256_STATE],
                               const unsigned char *bytes, size_t block_count) {
    for (size_t i = 0; i < block_count; i++)
        add_block(state, bytes + i * SHA256_BLOCK);
}

#if defined(__x86_64__)

/* Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 12.7:
 * the instructions take the state as ABEF and CDGH, and do two rounds. */
#define WITH_SHA __attribute__((target("sha,ssse3,sse4.1")))

typedef struct halves {
    __m128i abef;
    __m128i cdgh;
} halves;

WITH_SHA static halves take_state(const uint32_t state[SHA256_STATE]) {
    __m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)state);
    __m128i hgfe = _mm_loadu_si128((const __m128i *)(const void *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1);
    __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    return (halves){_mm_alignr_epi8(cdab, efgh, 8),
                    _mm_blend_epi16(efgh, cdab, 0xF0)};
}

WITH_SHA static void give_state(halves h, uint32_t state[SHA256_STATE]) {
    __m128i feba = _mm_shuffle_epi32(h.abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(h.cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)(void *)state,
                     _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(void *)(state + 4),
                     _mm_alignr_epi8(dchg, feba, 8));
}

/* Words 4t to 4t + 3 of the schedule from the sixteen before them. */
WITH_SHA static __m128i next_words(const __m128i w[4]) {
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[0], w[1]),
                                _mm_alignr_epi8(w[3], w[2], 4));
    return _mm_sha256msg2_epu32(sum, w[3]);
}

WITH_SHA static halves four_rounds(halves h, __m128i words, int t) {
    __m128i k = _mm_loadu_si128((const __m128i *)(const void *)&SHA256_K[t]);
    __m128i sum = _mm_add_epi32(words, k);
    h.cdgh = _mm_sha256rnds2_epu32(h.cdgh, h.abef, sum);
    sum = _mm_shuffle_epi32(sum, 0x0E);
    h.abef = _mm_sha256rnds2_epu32(h.abef, h.cdgh, sum);
    return h;
}

WITH_SHA static halves add_block_fast(halves before,
                                      const unsigned char *block) {
    /* Words are written with their highest byte first. */
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i w[4];
    halves h = before;
    for (int i = 0; i < 4; i++) {
        w[i] = _mm_shuffle_epi8(
            _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)),
            swap);
        h = four_rounds(h, w[i], 4 * i);
    }
    for (int t = 16; t < SHA256_ROUNDS; t += 4) {
        __m128i next = next_words(w);
        w[0] = w[1];
        w[1] = w[2];
        w[2] = w[3];
        w[3] = next;
        h = four_rounds(h, next, t);
    }
    return (halves){_mm_add_epi32(h.abef, before.abef),
                    _mm_add_epi32(h.cdgh, before.cdgh)};
}

WITH_SHA static void add_blocks_fast(uint32_t state[SHA256_STATE],
                                     const unsigned char *bytes,
                                     size_t block_count) {
    halves h = take_state(state);
    for (size_t i = 0; i < block_count; i++)
        h = add_block_fast(h, bytes + i * SHA256_BLOCK);
    give_state(h, state);
}

/* A virtual machine may take microseconds to be asked, so it is asked once; two
 * threads that ask at the same time get the same answer. */
static bool has_instructions(void) {
    enum { UNKNOWN, YES, NO };
    static _Atomic int known = UNKNOWN;
    int answer = atomic_load_explicit(&known, memory_order_relaxed);
    if (answer != UNKNOWN)
        return answer == YES;
    unsigned a, b, c, d;
    bool has_sse = __get_cpuid(1, &a, &b, &c, &d) != 0 &&
                   (c & bit_SSSE3) != 0 && (c & bit_SSE4_1) != 0;
    bool has_sha =
        __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
    answer = has_sse && has_sha ? YES : NO;
    atomic_store_explicit(&known, answer, memory_order_relaxed);
    return answer == YES;
}

void sha256_add_blocks(uint32_t state[SHA256_STATE], const unsigned char *bytes,
                       size_t block_count) {
    if (has_instructions())
        add_blocks_fast(state, bytes, block_count);
    else
        sha256_add_blocks_plainly(state, bytes, block_count);
}

#else

void sha256_add_blocks(uint32_t state[SHA256_STATE], const unsigned char *bytes,
                       size_t block_count) {
    sha256_add_blocks_plainly(state, bytes, block_count);
}

#endif
