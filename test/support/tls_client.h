/*
 * tls_client.h: the other end of a tls_session, OpenSSL in memory.
 *
 *     tls_client *c = tls_client_new((tls_client_options){0});
 *     tls_client_talk(c, session, &plain);     until neither has more to say
 *     tls_client_write(c, STR("GET / ..."));
 */
#ifndef TEST_SUPPORT_TLS_CLIENT_H
#define TEST_SUPPORT_TLS_CLIENT_H

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/buf.h"
#include "io/tls_session.h"

typedef struct tls_client tls_client;

typedef struct tls_client_options {
    int max_version; /* TLS1_2_VERSION, say; 0: the newest */
    int min_version;
    str protocols;        /* of ALPN, with their lengths, or empty */
    SSL_SESSION *resumed; /* or NULL */
} tls_client_options;

tls_client *tls_client_new(tls_client_options options);
void tls_client_free(tls_client *c);

/* What it has to send, in a; empty when there is none. Handshakes. */
str tls_client_send(arena *a, tls_client *c);

/* Takes what the server sent; what was inside is in tls_client_read. */
void tls_client_receive(tls_client *c, str bytes);

void tls_client_write(tls_client *c, str plain);
str tls_client_read(const tls_client *c);
void tls_client_end(tls_client *c);

/* Passes bytes both ways until neither side has more. What the client wrote
 * comes out as plain. */
tls_state tls_client_talk(arena *a, tls_client *c, tls_session *s, buf *plain);

bool tls_client_is_done(const tls_client *c); /* the handshake */
bool tls_client_has_failed(const tls_client *c);
bool tls_client_is_at_end(const tls_client *c); /* the server said so */
bool tls_client_is_resumed(const tls_client *c);
str tls_client_version(const tls_client *c);  /* "TLSv1.3" */
str tls_client_protocol(const tls_client *c); /* of ALPN */

size_t tls_client_chain_length(const tls_client *c); /* of certificates */

/* TLS 1.2: asks for a new handshake. 1.3: for new keys. */
void tls_client_renegotiate(tls_client *c);
void tls_client_update_keys(tls_client *c);

/* To resume with; to be freed with tls_client_forget. */
SSL_SESSION *tls_client_remember(tls_client *c);
void tls_client_forget(tls_client *c, SSL_SESSION *session);

#endif
