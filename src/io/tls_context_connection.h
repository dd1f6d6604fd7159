/*
 * tls_context_connection.h: what tls_session needs of a tls_context; nobody
 * else includes it.
 */
#ifndef IO_TLS_CONTEXT_CONNECTION_H
#define IO_TLS_CONTEXT_CONNECTION_H

#include "io/tls_context.h"
#include "io/tls_library.h"

const tls_library *tls_context_library(const tls_context *c);

/* A server's end of a connection, of the current snapshot. From any thread. */
SSL *tls_context_connection(tls_context *c) RETURNS_NONNULL;

#endif
