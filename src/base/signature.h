/*
 * signature.h: was this text signed by who holds that key? The algorithms of
 * JSON Web Signature (RFC 7518, section 3; RFC 8037 for EdDSA).
 *
 * A key is made for one family of algorithms and says no to all others, so that
 * a public key is never taken for a shared secret. Keys are immutable and
 * shared by all threads.
 */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef enum signature_algorithm {
    SIGNATURE_HS256,
    SIGNATURE_HS384,
    SIGNATURE_HS512,
    SIGNATURE_RS256,
    SIGNATURE_RS384,
    SIGNATURE_RS512,
    SIGNATURE_PS256,
    SIGNATURE_PS384,
    SIGNATURE_PS512,
    SIGNATURE_ES256,
    SIGNATURE_ES384,
    SIGNATURE_ES512,
    SIGNATURE_EDDSA, /* Ed25519 */
    SIGNATURE_ALGORITHM_COUNT,
} signature_algorithm;

/* "HS256". False if there is no such algorithm: none is not one. */
bool signature_algorithm_find(str name, signature_algorithm *out);

typedef struct signature_key signature_key;

/* All numbers are big-endian bytes, as a JSON Web Key has them. ERR_INVALID if
 * they are no key of that kind, or an RSA key of less than 2048 bits. The key
 * lives until signature_key_free. */
fallible signature_key_of_secret(arena *a, str secret, signature_key **out);
fallible signature_key_of_rsa(arena *a, str modulus, str exponent,
                              signature_key **out);
/* "P-256", "P-384" or "P-521". */
fallible signature_key_of_curve(arena *a, str curve, str x, str y,
                                signature_key **out);
fallible signature_key_of_ed25519(arena *a, str x, signature_key **out);

/* NULL is fine. */
void signature_key_free(signature_key *key);

bool signature_key_has(const signature_key *key, signature_algorithm algorithm);

/* signature is as in the token: the raw r and s of a curve. */
bool signature_verify(const signature_key *key, signature_algorithm algorithm,
                      str text, str signature);

#endif
