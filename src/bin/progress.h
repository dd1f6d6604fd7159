/*
 * progress.h: a line on stderr now and then while one thing takes long.
 *
 *     CLEANUP(progress_stop) progress *p = progress_start(a, what);
 *
 *     20261120170000_add_age is still running after 10 s
 */
#ifndef BIN_PROGRESS_H
#define BIN_PROGRESS_H

#include "base/arena.h"

typedef struct progress progress;

/* Without a thread to be had there are no lines. */
progress *progress_start(arena *a, str what) RETURNS_NONNULL;

void progress_stop(progress **p);

#endif
