/*
 * tls_context.h: what a server shows of itself in TLS: certificate and key.
 *
 * One context is shared by all workers. Inside is an immutable snapshot that a
 * reload swaps whole: connections keep the one they began with, new ones get
 * the new one, and a reload that fails changes nothing.
 *
 * TLS 1.3 and 1.2, with AEAD ciphers and forward secrecy only; no
 * renegotiation, no compression, no early data; ALPN is HTTP/1.1. Sessions are
 * resumed by tickets, so the server stores none; the key of the tickets lives
 * and dies with the snapshot, which is renewed every day for its sake: who gets
 * hold of that key can read what was said under it (RFC 9325 3.4).
 */
#ifndef IO_TLS_CONTEXT_H
#define IO_TLS_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

typedef struct tls_context tls_context;

/* Paths of PEM files: the certificate with its chain behind it, its key. */
typedef struct tls_files {
    str certificate;
    str key;
} tls_files;

/* The texts of such files. Names are for messages. */
typedef struct tls_pem {
    tls_files names;
    str certificate;
    str key;
} tls_pem;

/* What a certificate says. Texts live in the arena. */
typedef struct tls_certificate {
    str subject;     /* "/CN=example.org" */
    int64_t ends_ms; /* since 1970; its last moment */
    bool is_expired;
    bool is_not_yet_valid;
} tls_certificate;

/* Loads OpenSSL, then as tls_context_load. Blocks. */
fallible tls_context_new(arena *a, tls_pem pem, tls_context **out,
                         tls_certificate *facts);

/* New connections get this certificate from now on. From any thread. On failure
 * they go on with the one before: ERR_INVALID for what is no certificate, no
 * key, an encrypted key, or a key of another certificate. */
fallible tls_context_load(arena *a, tls_context *c, tls_pem pem,
                          tls_certificate *facts);

/* From here on time is what the clock says. Before the first session. */
void tls_context_use_clock(tls_context *c, const fake_clock *clock);

/* ERR_NOT_FOUND, ERR_DENIED, naming the file. Blocks. */
fallible tls_pem_read(arena *a, tls_files files, tls_pem *out);

/* When no session is left. NULL is fine. */
void tls_context_free(tls_context *c);

#endif
