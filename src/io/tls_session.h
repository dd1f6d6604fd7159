/*
 * tls_session.h: a server's end of one TLS connection.
 *
 * Sans-I/O: the caller shows what came from the socket, gets what was inside,
 * and sends what is to be sent. OpenSSL reads and writes memory only, and never
 * waits.
 *
 *     tls_session_receive(s, bytes, &plain);    handshakes, decrypts
 *     tls_session_write(s, reply);              encrypts
 *     n = send(fd, tls_session_output(s));      whenever there is some
 *     tls_session_sent(s, n);
 *
 * All that goes out has one order, whether it is a reply, a part of the
 * handshake or an alert.
 */
#ifndef IO_TLS_SESSION_H
#define IO_TLS_SESSION_H

#include <stdbool.h>

#include "base/buf.h"
#include "io/tls_context.h"

typedef struct tls_session tls_session;

enum {
    /* What may come out beside as many bytes as went in: the part of a record
     * that came earlier (RFC 8446 5.2), and room to decrypt the last into. */
    TLS_MORE_PLAIN = 40 * 1024,

    /* Bytes in a row with nothing inside, after which a session fails. What
     * comes before the first request is smaller; endless renegotiation, key
     * updates and empty records are not. */
    TLS_MAX_BARREN = 64 * 1024,
};

typedef enum tls_state {
    TLS_OPEN,
    TLS_ENDED,  /* the client has said that it sends no more */
    TLS_FAILED, /* what came is no TLS; the alert is in the output */
} tls_state;

tls_session *tls_session_new(tls_context *c) RETURNS_NONNULL;

/* NULL is fine. */
void tls_session_free(tls_session *s);

/* Takes all of bytes and appends what was inside to plain, which has room for
 * as much and TLS_MORE_PLAIN. After a state other than TLS_OPEN nothing more is
 * taken. */
tls_state tls_session_receive(tls_session *s, str bytes, buf *plain);

/* Whether the handshake is done; nothing is written before. */
bool tls_session_is_established(const tls_session *s);

/* Encrypts plain into the output. False if the session has failed or ended its
 * side. */
bool tls_session_write(tls_session *s, str plain);

/* Says that we send no more. */
void tls_session_end(tls_session *s);

/* What is to be sent, until something else is called on s. */
str tls_session_output(const tls_session *s);

/* The first n bytes of the output were sent. Returns how many plain bytes are
 * out now that were not before: counted when all of the output is. */
size_t tls_session_sent(tls_session *s, size_t n);

/* Bytes sent in all. */
uint64_t tls_session_total_sent(const tls_session *s);

#endif
