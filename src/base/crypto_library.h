/*
 * crypto_library.h: OpenSSL's libcrypto, loaded when something has to be
 * verified.
 *
 * As with libpq (docs/decisions/0010), who does not need it does not pay for
 * it at the start. The binary knows the types of its headers and calls through
 * this table:
 *
 *     crypto.EVP_PKEY_free(key);
 */
#ifndef BASE_CRYPTO_LIBRARY_H
#define BASE_CRYPTO_LIBRARY_H

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include "base/err.h"

/* As in <openssl/err.h>, whose other names are too much like those of err.h. */
void ERR_clear_error(void);

typedef struct crypto_library {
#define X(function) __typeof__(function) *function;
#include "base/crypto_library.def"
#undef X
} crypto_library;

/* ERR_UNAVAILABLE when the library is not installed. It is not unloaded. */
fallible crypto_library_load(arena *a, crypto_library *out);

#endif
