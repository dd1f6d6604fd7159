/*
 * hash.h: a keyed hash of short texts.
 *
 * Eight bytes at a time are multiplied by the secret, and the two halves of the
 * product folded. Whoever sees neither hashes nor the secret cannot choose names
 * that collide; it is no proof against who does.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

uint64_t hash_of(str text, const uint64_t secret[2]);

/* Of long texts, without a secret and in half the time: the same in every
 * process on machines of one byte order. Texts that differ by chance have
 * different hashes; whoever wants two with the same can find them. */
uint64_t hash_of_long(str text, uint64_t seed);

#endif
