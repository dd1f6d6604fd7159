/*
 * rand.h: random bytes, from the kernel or from a seed.
 *
 * A secure source is what ids, tokens and keys are made from: the kernel's
 * generator, read a few hundred bytes at a time, and each byte is wiped when it
 * is handed out. A seeded source gives the same bytes for the same seed
 * everywhere and forever: for tests and demo data, never for secrets.
 *
 * A source belongs to one thread.
 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RAND_BUFFERED = 256 };

typedef struct rand_source {
    bool is_seeded;
    uint64_t state; /* of a seeded source */
    size_t left;    /* bytes at the end of buffer, not handed out yet */
    unsigned char buffer[RAND_BUFFERED];
} rand_source;

rand_source rand_secure(void);
rand_source rand_seeded(uint64_t seed);

void rand_bytes(rand_source *r, void *out, size_t size);

uint64_t rand_uint64(rand_source *r);

/* From 0 up to, not including, limit; each equally likely. limit > 0. */
uint64_t rand_below(rand_source *r, uint64_t limit);

#endif
