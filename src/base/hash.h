/*
 * hash.h: a keyed hash of short texts: SipHash-1-3 (Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF", 2012, with one round a word and three at
 * the end). Without the secret nobody can find names that collide.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

uint64_t hash_of(str text, const uint64_t secret[2]);

#endif
