/*
 * delivery.h: what happens to a finished reply on its way out: an entity tag,
 * 304 for who has it already, compression.
 *
 * All of it is for bodies of some size. Below a kilobyte a reply is one packet
 * whether compressed or not, and up to a few it is when compressed, so that 304
 * saves nothing. The small replies that most requests get pay for none of this
 * but a comparison. Large ones are worked
 * on by a thread of the blocking pool, so that nobody else waits for them.
 */
#ifndef API_DELIVERY_H
#define API_DELIVERY_H

#include "core/app.h"
#include "io/compression.h"
#include "io/http_message.h"

/* One for each worker. */
typedef struct delivery {
    compression codecs;
    blocking_pool *pool;  /* or NULL */
    size_t tag_from;      /* bytes of a body */
    size_t compress_from; /* SIZE_MAX: never */
    size_t from;          /* the smaller of both */
} delivery;

delivery delivery_new(const app *application);

/* For a reply whose body is d->from bytes long or more. Suspends. */
void delivery_prepare(delivery *d, const http_request *request,
                      http_reply *reply);

#endif
