/*
 * worker.h: threads that each run a loop.
 *
 * The caller says what a worker opens on its loop, how it is asked to finish,
 * and what it closes after the loop has ended; all three run on the worker's
 * own thread:
 *
 *     TRY(worker_group_start(a, tasks, count, &workers));
 *     ... until a signal comes ...
 *     worker_group_drain(workers);
 *     worker_group_join(workers);
 */
#ifndef IO_WORKER_H
#define IO_WORKER_H

#include <stddef.h>

#include "base/err.h"
#include "io/loop.h"

/* Embed it in what the worker works on. */
typedef struct worker_task worker_task;
struct worker_task {
    /* Sets up. What it makes in a, the starter's arena, stays; later the arena
     * is the starter's again. On failure it leaves nothing open, and close is
     * not called. */
    err *(*open)(worker_task *task, arena *a, loop *l);

    /* Asks for the end: stop accepting, close when idle. Called once. The loop
     * has been stopped and ends when nothing is left open on it. */
    void (*drain)(worker_task *task);

    /* After the loop has ended, before it is freed. */
    void (*close)(worker_task *task);
};

typedef struct worker_group worker_group;

/* Starts the workers one after the other. When one cannot open, those before
 * it are drained and joined, and its err is returned. The fibers that a process
 * can have are shared out equally. Blocks. */
fallible worker_group_start(arena *a, worker_task *const *tasks, size_t count,
                            worker_group **out);

/* From any thread; the first call counts. */
void worker_group_drain(worker_group *g);

/* Blocks until all have ended, which a drain has asked for; then frees. */
void worker_group_join(worker_group *g);

#endif
