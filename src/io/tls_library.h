/*
 * tls_library.h: OpenSSL, loaded by a server that has a certificate.
 *
 * Linked, it would cost every start of every command 1.8 MB and 0.9 ms, and
 * many servers have TLS in front of them (docs/decisions/0018). So the binary
 * knows only the types of OpenSSL's headers, and calls through this table. Its
 * macros that are calls (SSL_CTX_set_mode) are not for use: they name linked
 * functions.
 */
#ifndef IO_TLS_LIBRARY_H
#define IO_TLS_LIBRARY_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/err.h"

typedef struct tls_library {
#define X(function) __typeof__(function) *function;
#include "io/tls_library.def"
#undef X
} tls_library;

/* ERR_UNAVAILABLE when the library is not installed. It is not unloaded: its
 * threads' data are freed when they end. */
fallible tls_library_load(arena *a, tls_library *out);

#endif
