#include "base/hash.h"

__extension__ typedef unsigned __int128 product;

/* Each bit depends on all bits of both. */
static inline uint64_t fold(uint64_t a, uint64_t b) {
    product p = (product)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* In the machine's byte order: hashes do not leave the process. */
static inline uint64_t load_eight(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Fewer than eight bytes, different numbers for different ones of one length;
 * no copy of a length that the compiler does not know. */
static inline uint64_t load_rest(str rest) {
    if (rest.len >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, rest.ptr, sizeof first);
        memcpy(&last, rest.ptr + rest.len - sizeof last, sizeof last);
        return first | (uint64_t)last << 32;
    }
    uint64_t word = 0;
    for (size_t i = 0; i < rest.len; i++)
        word = word << 8 | (unsigned char)rest.ptr[i];
    return word;
}

/* Digits of e and of the golden ratio: a secret of zeros is one too. */
static const uint64_t E = UINT64_C(0xB7E151628AED2A6B);
static const uint64_t GOLDEN = UINT64_C(0x9E3779B97F4A7C15);

uint64_t hash_of(str text, const uint64_t secret[2]) {
    uint64_t factor = secret[1] ^ E;
    uint64_t state = secret[0] ^ text.len;
    while (text.len >= 8)
        state = fold(state ^ load_eight(str_take(&text, 8).ptr), factor);
    state = fold(state ^ load_rest(text), factor);
    return fold(state ^ secret[0] ^ GOLDEN, factor ^ GOLDEN);
}

static const uint64_t PI = UINT64_C(0x243F6A8885A308D3); /* its digits */

/* 16 bytes for each multiplication, in two chains that do not wait for each
 * other. A product with zero would forget what came before; the second factor
 * is none for any UTF-8, where the bytes of E and of the golden ratio do not
 * stand side by side. */
uint64_t hash_of_long(str text, uint64_t seed) {
    uint64_t state[2] = {seed ^ GOLDEN, text.len ^ PI};
    size_t whole = text.len & ~(size_t)31;
    for (size_t i = 0; i < whole; i += 32) {
        const char *at = text.ptr + i;
        state[0] = fold(state[0] ^ load_eight(at), load_eight(at + 8) ^ E);
        state[1] =
            fold(state[1] ^ load_eight(at + 16), load_eight(at + 24) ^ GOLDEN);
    }
    return hash_of(str_slice(text, whole, text.len), state);
}
