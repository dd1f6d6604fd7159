/*
 * serve_front.h: the service of a worker whose application may be replaced
 * while requests are under way.
 *
 * A request is answered by the application that was there when it came. One
 * that was replaced is let go of when the last of its requests is answered:
 * by each worker, and then, with the last worker, for good.
 */
#ifndef BIN_SERVE_FRONT_H
#define BIN_SERVE_FRONT_H

#include "api/api.h"

/* An application and the memory that its schema is in. Shared by the workers,
 * each of which holds it as long as it needs it. */
typedef struct serve_generation serve_generation;

/* Takes own, which holds what application points to and is its own; the maker
 * holds the first. */
serve_generation *serve_generation_new(arena *own, const app *application)
    RETURNS_NONNULL;

/* From any thread. */
void serve_generation_release(serve_generation *g);

typedef struct served served;

typedef struct serve_front {
    http_service http; /* first: the server hands us this */
    loop *loop;
    database_session *session;
    served *now;
} serve_front;

/* On the worker's thread. */
void serve_front_open(serve_front *f, loop *l, database_session *session,
                      serve_generation *g);

/* From any thread, while the loop runs: requests that come later are answered
 * by g. */
void serve_front_replace(serve_front *f, serve_generation *g);

/* When the loop has ended. */
void serve_front_close(serve_front *f);

#endif
