#include "io/fiber.h"

#include <stdlib.h>

#include "base/assert.h"
#include "io/fiber_pool.h"
#include "io/stack.h"

static _Thread_local fiber *current;

fiber *fiber_current(void) {
    return current;
}

loop *fiber_loop(const fiber *f) {
    return f->pool->loop;
}

/* ---- Groups ------------------------------------------------------------- */

static void join_group(fiber *f, fiber_group *group) {
    f->group = group;
    f->previous_member = NULL;
    f->next_member = group->members;
    if (group->members != NULL)
        group->members->previous_member = f;
    group->members = f;
}

static void leave_group(fiber *f) {
    fiber_group *group = f->group;
    if (f->previous_member != NULL)
        f->previous_member->next_member = f->next_member;
    else
        group->members = f->next_member;
    if (f->next_member != NULL)
        f->next_member->previous_member = f->previous_member;
    f->group = NULL;
    if (group->members == NULL && group->joiner != NULL)
        fiber_unpark(group->joiner);
}

bool fiber_group_is_empty(const fiber_group *group) {
    return group->members == NULL;
}

void fiber_group_cancel(fiber_group *group) {
    for (fiber *f = group->members; f != NULL; f = f->next_member)
        fiber_cancel(f);
}

/* ---- A fiber's life ----------------------------------------------------- */

void fiber_run(void *self) {
    fiber *f = self;
    fiber_group *group = f->group;
    err *failure = f->fn(f->argument);
    if (failure != NULL && group->failure == NULL) {
        group->failure = failure;
        fiber_group_cancel(group);
    }
    f->state = FIBER_IDLE;
    leave_group(f);
}

/* Runs f until it parks or ends. */
static void continue_fiber(fiber *f) {
    fiber_pool *pool = f->pool;
    fiber *here = current;
    f->state = FIBER_RUNNING;
    current = f;
    context_enter(here != NULL ? &here->own : &pool->home, &f->own);
    current = here;
    if (f->state != FIBER_IDLE)
        return;
    fiber_pool_put(pool, f);
    loop_release(pool->loop);
}

static void run_task(loop_task *task) {
    continue_fiber(CONTAINER_OF(task, fiber, task));
}

err *fiber_start(arena *a, fiber_group *group, fiber_fn fn, void *argument) {
    fiber_pool *pool = loop_fibers(group->loop);
    fiber *f = fiber_pool_take(pool);
    if (UNLIKELY(f == NULL))
        return err_new(a, ERR_UNAVAILABLE,
                       "too many requests at once: all %zu fibers are in use",
                       pool->mapped_count);
    f->task.run = run_task;
    f->is_woken = false;
    f->is_cancelled = group->failure != NULL;
    f->fn = fn;
    f->argument = argument;
    join_group(f, group);
    loop_retain(group->loop);
    continue_fiber(f);
    return NULL;
}

void fiber_set_limit(loop *l, size_t limit) {
    loop_fibers(l)->limit = limit;
}

fiber_stats fiber_read_stats(loop *l) {
    const fiber_pool *pool = loop_fibers(l);
    fiber_stats stats = {.running = pool->mapped_count - pool->idle_count,
                         .mapped = pool->mapped_count};
    for (const fiber *f = pool->mapped; f != NULL; f = f->next_mapped) {
        size_t depth = stack_depth(f->stack);
        if (depth > stats.deepest)
            stats.deepest = depth;
    }
    return stats;
}

/* ---- Waiting ------------------------------------------------------------ */

static void make_ready(fiber *f) {
    uv_timer_stop(&f->timer);
    f->state = FIBER_READY;
    loop_run_soon(f->pool->loop, &f->task);
}

static void on_deadline(uv_timer_t *timer) {
    make_ready(timer->data);
}

static bool take_wake(fiber *f) {
    bool is_woken = f->is_woken;
    f->is_woken = false;
    return is_woken;
}

/* Leaves the stack until is_woken, or, unless deaf, is_cancelled or until. */
static void suspend(fiber *f, deadline until, bool is_deaf) {
    loop *l = f->pool->loop;
    f->is_deaf = is_deaf;
    f->state = FIBER_PARKED;
    if (until.at_ms != INT64_MAX)
        uv_timer_start(&f->timer, on_deadline,
                       (uint64_t)(until.at_ms - loop_now(l)), 0);
    context_leave(&f->own);
}

err *fiber_park(arena *a, deadline until) {
    fiber *f = current;
    ASSERT(f != NULL);
    bool is_late = until.at_ms <= loop_now(f->pool->loop);
    if (!f->is_woken && !f->is_cancelled && !is_late)
        suspend(f, until, false);
    if (take_wake(f))
        return NULL;
    if (f->is_cancelled)
        return err_new(a, ERR_CANCELLED, "cancelled while waiting");
    return err_new(a, ERR_TIMEOUT, "waited until the deadline");
}

void fiber_park_until_woken(void) {
    fiber *f = current;
    ASSERT(f != NULL);
    if (!f->is_woken)
        suspend(f, deadline_never(), true);
    bool is_woken = take_wake(f);
    ASSERT(is_woken);
}

void fiber_unpark(fiber *f) {
    ASSERT(f->state != FIBER_IDLE);
    f->is_woken = true;
    if (f->state == FIBER_PARKED)
        make_ready(f);
}

void fiber_yield(void) {
    fiber *f = current;
    ASSERT(f != NULL);
    f->state = FIBER_READY;
    loop_run_later(f->pool->loop, &f->task);
    context_leave(&f->own);
}

void fiber_cancel(fiber *f) {
    f->is_cancelled = true;
    if (f->state == FIBER_PARKED && !f->is_deaf)
        make_ready(f);
}

bool fiber_is_cancelled(const fiber *f) {
    return f->is_cancelled;
}

/* Whoever asks the joiner to stop asks the members: the join ends when they
 * have. */
err *fiber_group_join(fiber_group *group) {
    fiber *f = current;
    ASSERT(f != NULL && group->joiner == NULL);
    group->joiner = f;
    while (group->members != NULL) {
        if (f->is_cancelled)
            fiber_group_cancel(group);
        if (!f->is_woken)
            suspend(f, deadline_never(), f->is_cancelled);
        take_wake(f);
    }
    group->joiner = NULL;
    return group->failure;
}
