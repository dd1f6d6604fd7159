/*
 * http_wire.h: an HTTP server on a thread of its own, and raw sockets to it,
 * for tests that are about bytes.
 */
#ifndef TEST_SUPPORT_HTTP_WIRE_H
#define TEST_SUPPORT_HTTP_WIRE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/str.h"
#include "io/http_server.h"
#include "io/loop.h"

typedef struct wire_server {
    loop *loop;
    http_server *server;
    http_limits limits;
    http_service *service;
    uint16_t port;
    int socket;
    pthread_t thread;
    loop_message drain;
    int64_t grace_ms;
} wire_server;

/* Serves on a free port of the loopback address; limits NULL: the default. */
void wire_server_start(wire_server *s, const http_limits *limits,
                       http_service *service);

/* The same, TLS only. */
void wire_server_start_tls(wire_server *s, const http_limits *limits,
                           http_service *service, tls_context *tls);

/* Begins to drain and returns at once. */
void wire_server_drain(wire_server *s, int64_t grace_ms);

/* Drains if it was not, waits for the end, frees. */
void wire_server_stop(wire_server *s);

/* Blocking; reads fail after 10 s. */
int wire_connect(const wire_server *s);

/* The same; the sockets take a small part of a reply at once. */
int wire_connect_narrowly(const wire_server *s);

void wire_send(int fd, str bytes);

/* What comes until the other side closes. *was_reset: not in an orderly way.
 * NULL if nobody wants to know. */
str wire_read_all(arena *a, int fd, bool *was_reset);

/* What comes up to and with the first stop. Fails the test without one. */
str wire_read_until(arena *a, int fd, str stop);
str wire_read_exactly(arena *a, int fd, size_t n);

/* One connection: sends, ends the sending side if it asks so, reads all,
 * closes. Without the Date lines. */
str wire_exchange(arena *a, const wire_server *s, str request);

/* Removes lines that begin "Date: "; fails the test if one is malformed. */
str wire_without_date(arena *a, str reply);

#endif
