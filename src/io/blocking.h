/*
 * blocking.h: work that would hold up a loop, on threads of its own.
 *
 * Hashing a password, resolving a name, reading a file: the fiber suspends, one
 * of a few threads does the work, the fiber goes on. Shared by all loops of the
 * process. The queue is bounded: when it is full the caller is told at once,
 * because work that waits longer than its client is wasted.
 */
#ifndef IO_BLOCKING_H
#define IO_BLOCKING_H

#include <stddef.h>

#include "base/err.h"

typedef struct blocking_pool blocking_pool;

/* threads run at once, queue more may wait. */
fallible blocking_pool_new(arena *a, size_t threads, size_t queue,
                           blocking_pool **out);

/* Blocks until the work under way is done. No fiber may be waiting. */
void blocking_pool_free(blocking_pool *p);

/* Runs fn(argument) on another thread: it must touch nothing of the loop, and
 * no arena that others use meanwhile. Returns what fn returns, or
 * ERR_UNAVAILABLE when the queue is full. Suspends, to the end of fn, whatever
 * the deadline and though cancelled: fn may use this fiber's memory. */
fallible blocking_run(arena *a, blocking_pool *p, err *(*fn)(void *argument),
                      void *argument);

#endif
