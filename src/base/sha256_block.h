/*
 * sha256_block.h: adds whole blocks to a SHA-256 state (FIPS 180-4, 6.2.2).
 * Private to sha256.c.
 *
 * Where the processor has instructions for it (Intel SHA extensions), they do a
 * block in a fifteenth of the instructions; elsewhere it is plain C.
 */
#ifndef BASE_SHA256_BLOCK_H
#define BASE_SHA256_BLOCK_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64, SHA256_ROUNDS = 64, SHA256_STATE = 8 };

/* 4.2.2 */
extern const uint32_t SHA256_K[SHA256_ROUNDS];

void sha256_add_blocks(uint32_t state[SHA256_STATE], const unsigned char *bytes,
                       size_t block_count);

/* The same in C, on every processor. */
void sha256_add_blocks_plainly(uint32_t state[SHA256_STATE],
                               const unsigned char *bytes, size_t block_count);

#endif
