/*
 * loop_task.h: what the loop runs between events. Only the files of io/ that
 * make up the scheduler include it.
 *
 * The loop knows nothing of fibers but this: tasks to run soon or later, a
 * count of what keeps it running, and the pool that it frees with itself.
 */
#ifndef IO_LOOP_TASK_H
#define IO_LOOP_TASK_H

#include "io/loop.h"

struct fiber_pool;

typedef struct loop_task {
    void (*run)(struct loop_task *task);
    struct loop_task *next;
} loop_task;

/* In this turn, before its hooks. A task is in one queue at most. */
void loop_run_soon(loop *l, loop_task *task);

/* After the loop has looked for events once more. */
void loop_run_later(loop *l, loop_task *task);

/* A loop with something retained does not end. */
void loop_retain(loop *l);
void loop_release(loop *l);

struct fiber_pool *loop_fibers(loop *l);

#endif
