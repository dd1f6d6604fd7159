/*
 * fiber.h: straight-line code that can wait.
 *
 * A fiber is a function with a stack of its own on one loop's thread. It runs
 * until it parks; the loop goes on; somebody unparks it. Switching costs some
 * nanoseconds, so there is one for each request. Stacks are pooled, have a
 * guard page below them, and their number is bounded: fiber_start fails with
 * ERR_UNAVAILABLE past the bound (two memory maps a stack, and the kernel
 * allows some 65,000).
 *
 * A wait ends in three ways: done, ERR_TIMEOUT at its deadline, ERR_CANCELLED
 * when the fiber was asked to stop. Fibers are asked, never killed: TRY
 * unwinds and cleanups run.
 *
 * Groups are how fibers end: what was started in a group has ended when
 * fiber_group_join returns; a fiber that fails cancels its siblings.
 */
#ifndef IO_FIBER_H
#define IO_FIBER_H

#include "base/arena.h"
#include "base/err.h"
#include "io/loop.h"

typedef struct fiber fiber;

/* Zero-initialize, with the loop. Lives as long as its fibers. */
typedef struct fiber_group {
    loop *loop;
    fiber *members;
    fiber *joiner;
    err *failure; /* the first, in the failing fiber's arena */
} fiber_group;

typedef err *(*fiber_fn)(void *argument);

/* Runs fn(argument) in a new fiber at once, until it first parks or ends; then
 * returns. From the loop's own stack or from a fiber. */
fallible fiber_start(arena *a, fiber_group *group, fiber_fn fn, void *argument);

/* How many fibers the loop may have at once. All loops of the process together
 * can have some 32,000. */
enum { FIBER_DEFAULT_LIMIT = 12000 };
void fiber_set_limit(loop *l, size_t limit);

/* deepest: the most bytes that one of the stacks now mapped was ever used to.
 * Asks the kernel about each stack, so not for hot paths. */
typedef struct fiber_stats {
    size_t running;
    size_t mapped; /* running and pooled */
    size_t deepest;
} fiber_stats;
fiber_stats fiber_read_stats(loop *l);

/* Suspends until all members have ended; returns the group's failure. If the
 * joiner is cancelled, so are the members. One joiner at a time. Only in a
 * fiber; on the loop's own stack use fiber_group_cancel and let them end. */
fallible fiber_group_join(fiber_group *group);
void fiber_group_cancel(fiber_group *group);
bool fiber_group_is_empty(const fiber_group *group);

/* The fiber that runs now, or NULL on the loop's own stack. */
fiber *fiber_current(void);
loop *fiber_loop(const fiber *f);

/* Waits for fiber_unpark. An unpark that came first counts: park returns at
 * once. Wakes carry no sender, and one that came after a timeout ends the next
 * wait: so wait in a loop around the condition. Suspends. */
fallible fiber_park(arena *a, deadline until);

/* The same, but neither a deadline nor cancellation ends it: for waits on
 * another thread that still uses this fiber's memory. Suspends. */
void fiber_park_until_woken(void);

/* On the loop's thread. The fiber runs later in this turn or in the next, not
 * inside this call. */
void fiber_unpark(fiber *f);

/* Lets the loop handle other events first. Suspends; does not fail when
 * cancelled, so ask fiber_is_cancelled. */
void fiber_yield(void);

/* A parked fiber wakes with ERR_CANCELLED; a running one at its next wait. */
void fiber_cancel(fiber *f);
bool fiber_is_cancelled(const fiber *f);

#endif
