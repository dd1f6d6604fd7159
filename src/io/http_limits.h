/*
 * http_limits.h: what a client may cost, in one place.
 */
#ifndef IO_HTTP_LIMITS_H
#define IO_HTTP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

typedef struct http_limits {
    size_t head_bytes;   /* request line and headers: 431, line alone 414 */
    size_t header_count; /* 431 */
    size_t body_bytes;   /* 413 */
    size_t reply_bytes;  /* of a body made in memory: 500 */
    size_t connections;  /* for each worker; more are closed at accept */

    /* What all clients of a worker make it hold. Requests that are not whole
     * yet and replies that were not taken yet: who let us wait longest is
     * dropped, with 503 if it was sending. */
    size_t waiting_bytes;
    /* Requests in progress, with all that was made of them: large ones get 503
     * past it, small ones past twice as much. */
    size_t serving_bytes;

    int64_t head_ms;    /* from the first byte of a head to its end: 408 */
    int64_t body_ms;    /* without a byte of the body: 408 */
    int64_t body_rate;  /* bytes a second that a body must keep up once it takes
                           longer than body_ms: 408; 0: none */
    int64_t idle_ms;    /* between requests: closed in silence */
    int64_t write_ms;   /* without the client taking a byte: closed */
    int64_t request_ms; /* for the handler: its deadline */
} http_limits;

http_limits http_limits_default(void);

#endif
