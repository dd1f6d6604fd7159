#include "base/sha256.h"

#include "base/hex.h"
#include "base/sha256_block.h"

enum { BLOCK = SHA256_BLOCK, STATE = SHA256_STATE };

/* 5.3.3 */
static const uint32_t START[STATE] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static void write_word(unsigned char *to, uint32_t word) {
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(word >> (24 - 8 * i));
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
    sha256_add_blocks(state, end, size / BLOCK);
}

void sha256_digest(str text, unsigned char out[SHA256_BYTES]) {
    uint32_t state[STATE];
    memcpy(state, START, sizeof state);
    str rest = text;
    str whole = str_take(&rest, text.len - text.len % BLOCK);
    sha256_add_blocks(state, (const unsigned char *)whole.ptr,
                      whole.len / BLOCK);
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
