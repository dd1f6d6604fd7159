/*
 * http_server.h: HTTP/1.1 connections of one worker.
 *
 * Bytes come in, requests go to the service one at a time and in order for each
 * connection, each in a fiber; replies to pipelined requests leave in one
 * write. An idle connection holds no fiber and no buffer.
 *
 * With TLS, whoever speaks plain HTTP gets 400, and all other bytes that are no
 * TLS an alert.
 *
 * The listening socket is the caller's: listener.h opens one for each worker on
 * the same port.
 */
#ifndef IO_HTTP_SERVER_H
#define IO_HTTP_SERVER_H

#include "base/err.h"
#include "io/http_limits.h"
#include "io/http_message.h"
#include "io/loop.h"
#include "io/tls_context.h"

typedef struct http_server http_server;

/* Accepts on socket (which it then owns) until http_server_drain. */
fallible http_server_new(arena *a, loop *l, int socket,
                         const http_limits *limits, http_service *service,
                         http_server **out);

/* From here on it speaks TLS only. Before the loop runs; c outlives it. */
void http_server_use_tls(http_server *s, tls_context *c);

/* Stops accepting, closes idle connections, answers what has begun with
 * "Connection: close", and closes what is left after grace_ms. The loop can
 * end then. On the loop's thread; a second call changes nothing. */
void http_server_drain(http_server *s, int64_t grace_ms);

/* After a drain, when the loop has ended. NULL is fine. */
void http_server_free(http_server *s);

#endif
