/*
 * fiber_pool.h: the inside of fibers, for fiber.c and the loop.
 *
 * A fiber lives at the top of its own stack. When it ends it goes back to its
 * loop's pool as it is, waiting for the next function to run: taking one from
 * the pool is a few pointers, where mapping a stack is 8 us.
 *
 * The pool gives memory back slowly: from time to time it looks how many stacks
 * lay unused since the last look, and of these it unmaps one for each fiber that
 * ends. A burst that comes again finds its stacks.
 */
#ifndef IO_FIBER_POOL_H
#define IO_FIBER_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "io/context.h"
#include "io/fiber.h"
#include "io/loop_task.h"

typedef struct fiber_pool fiber_pool;

typedef enum fiber_state {
    FIBER_IDLE,    /* in the pool */
    FIBER_RUNNING, /* or waits for one that it started or continued */
    FIBER_PARKED,
    FIBER_READY, /* in a queue of the loop */
} fiber_state;

struct fiber {
    loop_task task; /* continues it */
    fiber_pool *pool;
    context own;
    fiber_state state;
    bool is_woken;     /* an unpark that no wait has used up */
    bool is_cancelled; /* for good */
    bool is_deaf;      /* parked, and only an unpark ends it */

    fiber_fn fn;
    void *argument;
    fiber_group *group;
    fiber *next_member;
    fiber *previous_member;

    uv_timer_t timer; /* the deadline of a wait */
    char *stack;
    fiber *next_idle;
    fiber *next_mapped; /* all that have a stack: for debuggers */
    fiber *previous_mapped;
};

struct fiber_pool {
    loop *loop;
    context home; /* the loop's own stack, while a fiber runs */
    fiber *idle;
    fiber *mapped;
    size_t idle_count;
    size_t mapped_count;
    size_t limit;

    int64_t looked_at_ms;
    size_t least_idle; /* since then */
    size_t surplus;    /* stacks to unmap */
};

fiber_pool *fiber_pool_new(loop *l);

/* Asks libuv to close the timers; the loop runs once more, then free. All
 * fibers must have ended. */
void fiber_pool_close(fiber_pool *p);
void fiber_pool_free(fiber_pool *p);

/* NULL when the bound is reached or the kernel gives no more stacks. */
fiber *fiber_pool_take(fiber_pool *p);

/* On another stack than f's. */
void fiber_pool_put(fiber_pool *p, fiber *f);

/* fiber.c: runs the fiber's function and takes it out of its group. */
void fiber_run(void *self);

#endif
