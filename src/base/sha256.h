/*
 * sha256.h: the SHA-256 digest of a text (FIPS 180-4).
 *
 * For telling whether a file or a row is still the one that it was: checksums
 * of migrations, hashes of the audit log. It is not written to withstand whoever measures how long it
 * takes, so secrets do not go in.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/arena.h"
#include "base/str.h"

enum { SHA256_BYTES = 32, SHA256_HEX_LENGTH = 64 };

void sha256_digest(str text, unsigned char out[SHA256_BYTES]);

/* In lower case hexadecimal digits. */
str sha256_hex(arena *a, str text);

#endif
