/*
 * ed25519.h: signatures by Ed25519 (RFC 8032), made by OpenSSL
 * (crypto_library.h).
 *
 * A key is its seed of 32 bytes: the public key is made from it. A text has one
 * signature by a key, so signing it twice tells nobody anything.
 *
 * Keys are kept in files as OpenSSL keeps them (RFC 8410), so its commands read
 * and make them, too: `openssl genpkey -algorithm ed25519`.
 */
#ifndef BASE_ED25519_H
#define BASE_ED25519_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    ED25519_KEY_BYTES = 32,
    ED25519_SIGNATURE_BYTES = 64,
};

typedef struct ed25519_seed {
    unsigned char bytes[ED25519_KEY_BYTES];
} ed25519_seed;

typedef struct ed25519_public {
    unsigned char bytes[ED25519_KEY_BYTES];
} ed25519_public;

ed25519_seed ed25519_seed_new(void);

/* These are ERR_UNAVAILABLE when the library is not installed. */
fallible ed25519_public_of(arena *a, const ed25519_seed *seed,
                           ed25519_public *out);
fallible ed25519_sign(arena *a, const ed25519_seed *seed, str text,
                      unsigned char out[ED25519_SIGNATURE_BYTES]);
fallible ed25519_verify(arena *a, const ed25519_public *key, str text,
                        str signature, bool *is_good);

/* Blocks of PEM, in any number; text around them is left aside, as OpenSSL
 * does. */
typedef struct ed25519_file {
    bool has_seed; /* of the first private key */
    ed25519_seed seed;
    const ed25519_public *publics;
    size_t public_count;
} ed25519_file;

/* ERR_INVALID for a block that is no key of this kind, and for a second private
 * one. */
fallible ed25519_file_parse(arena *a, str text, ed25519_file *out);
str ed25519_seed_format(arena *a, const ed25519_seed *seed);
str ed25519_public_format(arena *a, const ed25519_public *key);

#endif
