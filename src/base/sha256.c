#include "base/sha256.h"

#include "base/hex.h"

enum { BLOCK = 64, ROUNDS = 64, STATE = 8 };

/* FIPS 180-4, 4.2.2: the first bits of the fractions of the cube roots of the
 * first 64 primes. */
static const uint32_t K[ROUNDS] = {
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

/* 5.3.3 */
static const uint32_t START[STATE] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotate(uint32_t x, int n) {
    return x >> n | x << (32 - n);
}

static uint32_t read_word(const unsigned char *from) {
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 |
           (uint32_t)from[2] << 8 | from[3];
}

static void write_word(unsigned char *to, uint32_t word) {
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(word >> (24 - 8 * i));
}

/* 6.2.2, step 1 */
static void fill_schedule(const unsigned char *block, uint32_t w[ROUNDS]) {
    for (int t = 0; t < 16; t++)
        w[t] = read_word(block + 4 * t);
    for (int t = 16; t < ROUNDS; t++) {
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
                         (((e) & (f)) ^ (~(e) & (g))) + K[t] + w[t];           \
        (d) += first;                                                          \
        (h) = first + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +         \
              (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));                       \
    } while (0)

/* 6.2.2, steps 2 to 4 */
static void add_block(uint32_t state[STATE], const unsigned char *block) {
    uint32_t w[ROUNDS];
    uint32_t v[STATE];
    fill_schedule(block, w);
    memcpy(v, state, sizeof v);
    for (int t = 0; t < ROUNDS; t += STATE) {
        ROUND(t, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
        ROUND(t + 1, v[7], v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
        ROUND(t + 2, v[6], v[7], v[0], v[1], v[2], v[3], v[4], v[5]);
        ROUND(t + 3, v[5], v[6], v[7], v[0], v[1], v[2], v[3], v[4]);
        ROUND(t + 4, v[4], v[5], v[6], v[7], v[0], v[1], v[2], v[3]);
        ROUND(t + 5, v[3], v[4], v[5], v[6], v[7], v[0], v[1], v[2]);
        ROUND(t + 6, v[2], v[3], v[4], v[5], v[6], v[7], v[0], v[1]);
        ROUND(t + 7, v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[0]);
    }
    for (int i = 0; i < STATE; i++)
        state[i] += v[i];
}

/* 5.1.1: a bit, zeros, and the length in bits. */
static void add_end(uint32_t state[STATE], str rest, uint64_t length) {
    unsigned char end[2 * BLOCK] = {0};
    size_t size = rest.len < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    if (rest.len > 0)
        memcpy(end, rest.ptr, rest.len);
    end[rest.len] = 0x80;
    write_word(end + size - 8, (uint32_t)(length * 8 >> 32));
    write_word(end + size - 4, (uint32_t)(length * 8));
    for (size_t at = 0; at < size; at += BLOCK)
        add_block(state, end + at);
}

void sha256_digest(str text, unsigned char out[SHA256_BYTES]) {
    uint32_t state[STATE];
    memcpy(state, START, sizeof state);
    str rest = text;
    while (rest.len >= BLOCK)
        add_block(state, (const unsigned char *)str_take(&rest, BLOCK).ptr);
    add_end(state, rest, text.len);
    for (size_t i = 0; i < STATE; i++)
        write_word(out + 4 * i, state[i]);
}

str sha256_hex(arena *a, str text) {
    unsigned char digest[SHA256_BYTES];
    sha256_digest(text, digest);
    char *hex = arena_take(a, SHA256_HEX_LENGTH + 1, 1);
    char *at = hex;
    for (int i = 0; i < SHA256_BYTES; i++)
        at = hex_put(at, digest[i]);
    *at = '\0';
    return (str){hex, SHA256_HEX_LENGTH};
}
