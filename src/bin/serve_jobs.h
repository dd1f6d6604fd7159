/*
 * serve_jobs.h: the thread of `tenon serve` that runs jobs, and the kinds of
 * them that the binary knows.
 *
 * It has a loop and a database session of its own, so that what a job computes
 * keeps no request waiting.
 */
#ifndef BIN_SERVE_JOBS_H
#define BIN_SERVE_JOBS_H

#include "bin/command.h"
#include "core/app.h"

typedef struct serve_jobs serve_jobs;

/* Tells the application which kinds and schedules there are, and makes its
 * bell. *out is NULL where no jobs run: --jobs=false, or no system schema. */
fallible serve_jobs_open(command_context *c, app *application,
                         serve_jobs **out);
void serve_jobs_close(serve_jobs *j); /* NULL is fine */

/* application has its database, and outlives it. Blocks. */
fallible serve_jobs_start(arena *a, serve_jobs *j, const app *application);

/* Takes no more; in two steps, so that others may end meanwhile. NULL is
 * fine. */
void serve_jobs_drain(serve_jobs *j);
void serve_jobs_join(serve_jobs *j); /* Blocks. */

#endif
