#include "io/loop.h"

#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include <uv.h>

#include "base/assert.h"
#include "io/fiber_pool.h"
#include "io/loop_task.h"

enum {
    /* Fibers that wake each other endlessly must not keep the loop from its
     * events: so often they may in one turn. */
    MAX_ROUNDS = 16,
    /* How long yielded fibers may run in a turn; one always does. */
    YIELDED_NS = 500 * 1000,
    CACHE_LINE = 64,
};

typedef struct task_queue {
    loop_task *first;
    loop_task *last;
} task_queue;

typedef struct hook_queue {
    loop_hook *first;
    loop_hook *last;
} hook_queue;

struct loop {
    uv_loop_t uv;
    uv_prepare_t turn_end; /* after events and timers, before the wait */
    uv_idle_t no_wait;     /* active: libuv only looks, does not wait */
    uv_async_t wake;       /* referenced: the loop has a reason to go on */

    task_queue soon;
    task_queue due;   /* yielded, and events were looked for since */
    task_queue later; /* yielded in this turn */
    hook_queue hooks;
    size_t retained;
    fiber_pool *fibers;

    /* What other threads write, on a line of its own. The inbox is a stack,
     * newest on top; whoever pushes on the empty one wakes the loop. */
    _Alignas(CACHE_LINE) _Atomic(loop_message *) inbox;
    atomic_int visitors; /* threads that are inside loop_post or loop_stop */
    atomic_bool is_stopped;
};

/* ---- Queues ------------------------------------------------------------- */

static void push_task(task_queue *q, loop_task *task) {
    task->next = NULL;
    if (q->first == NULL)
        q->first = task;
    else
        q->last->next = task;
    q->last = task;
}

static loop_task *pop_task(task_queue *q) {
    loop_task *task = q->first;
    if (task != NULL)
        q->first = task->next;
    return task;
}

static void append_tasks(task_queue *q, task_queue *more) {
    if (more->first == NULL)
        return;
    if (q->first == NULL)
        q->first = more->first;
    else
        q->last->next = more->first;
    q->last = more->last;
    *more = (task_queue){0};
}

void loop_run_soon(loop *l, loop_task *task) {
    push_task(&l->soon, task);
}

void loop_run_later(loop *l, loop_task *task) {
    push_task(&l->later, task);
}

void loop_request_turn_end(loop *l, loop_hook *hook) {
    if (hook->is_requested)
        return;
    hook->is_requested = true;
    hook->next = NULL;
    if (l->hooks.first == NULL)
        l->hooks.first = hook;
    else
        l->hooks.last->next = hook;
    l->hooks.last = hook;
}

/* ---- The end of a turn -------------------------------------------------- */

static void run_soon(loop *l) {
    task_queue tasks = l->soon;
    l->soon = (task_queue){0};
    for (loop_task *t = pop_task(&tasks); t != NULL; t = pop_task(&tasks))
        t->run(t);
}

static void run_due(loop *l) {
    if (l->due.first == NULL)
        return;
    uint64_t started = uv_hrtime();
    do {
        loop_task *t = pop_task(&l->due);
        t->run(t);
    } while (l->due.first != NULL && uv_hrtime() - started < YIELDED_NS);
}

static void run_hooks(loop *l) {
    loop_hook *hook = l->hooks.first;
    l->hooks = (hook_queue){0};
    while (hook != NULL) {
        loop_hook *next = hook->next;
        hook->is_requested = false;
        hook->run(hook);
        hook = next;
    }
}

static bool has_work(const loop *l) {
    return l->soon.first != NULL || l->hooks.first != NULL;
}

static bool has_reason_to_run(const loop *l) {
    return l->retained > 0 || !atomic_load(&l->is_stopped) || has_work(l) ||
           atomic_load(&l->inbox) != NULL;
}

static void keep_running(loop *l, bool is_kept) {
    if (is_kept)
        uv_ref((uv_handle_t *)&l->wake);
    else
        uv_unref((uv_handle_t *)&l->wake);
}

static void do_nothing(uv_idle_t *handle) {
    (void)handle;
}

static void wait_for_events(loop *l, bool is_waiting) {
    if (is_waiting)
        uv_idle_stop(&l->no_wait);
    else
        uv_idle_start(&l->no_wait, do_nothing);
}

static void run_work(loop *l) {
    for (int round = 1; has_work(l) && round <= MAX_ROUNDS; round++) {
        run_soon(l);
        if (l->soon.first == NULL || round == MAX_ROUNDS)
            run_hooks(l);
    }
}

/* As libuv's prepare phase: behind the events of the last wait and the timers
 * due now, and the last thing before the next wait. What was done for them
 * leaves before those who take their time go on. */
static void end_turn(uv_prepare_t *handle) {
    loop *l = handle->data;
    run_work(l);
    run_due(l);
    run_work(l);
    append_tasks(&l->due, &l->later);
    wait_for_events(l, l->due.first == NULL && !has_work(l));
    keep_running(l, has_reason_to_run(l));
}

/* ---- Other threads ------------------------------------------------------ */

static loop_message *reversed(loop_message *newest) {
    loop_message *oldest = NULL;
    while (newest != NULL) {
        loop_message *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

static void deliver_messages(uv_async_t *handle) {
    loop *l = handle->data;
    loop_message *taken =
        atomic_exchange_explicit(&l->inbox, NULL, memory_order_acquire);
    loop_message *m = reversed(taken);
    while (m != NULL) {
        loop_message *next = m->next; /* delivering may free m */
        m->deliver(m);
        m = next;
    }
}

/* A message may be delivered, and the loop end on it, while its sender has
 * still to wake the loop; loop_free waits for such visitors. */
static void enter(loop *l) {
    atomic_fetch_add_explicit(&l->visitors, 1, memory_order_relaxed);
}

static void leave(loop *l) {
    atomic_fetch_sub_explicit(&l->visitors, 1, memory_order_release);
}

void loop_post(loop *l, loop_message *message) {
    enter(l);
    loop_message *top = atomic_load_explicit(&l->inbox, memory_order_relaxed);
    do {
        message->next = top;
    } while (!atomic_compare_exchange_weak_explicit(
        &l->inbox, &top, message, memory_order_release, memory_order_relaxed));
    if (top == NULL)
        uv_async_send(&l->wake);
    leave(l);
}

void loop_stop(loop *l) {
    enter(l);
    atomic_store(&l->is_stopped, true);
    uv_async_send(&l->wake);
    leave(l);
}

/* ---- Life --------------------------------------------------------------- */

loop *loop_new(void) {
    loop *l = aligned_alloc(CACHE_LINE, sizeof *l);
    if (l == NULL)
        PANIC("out of memory");
    *l = (loop){0};
    if (uv_loop_init(&l->uv) != 0 ||
        uv_async_init(&l->uv, &l->wake, deliver_messages) != 0)
        PANIC("the system gives no event loop: out of files or of memory");
    l->wake.data = l;
    uv_idle_init(&l->uv, &l->no_wait);
    uv_unref((uv_handle_t *)&l->no_wait);
    uv_prepare_init(&l->uv, &l->turn_end);
    l->turn_end.data = l;
    uv_prepare_start(&l->turn_end, end_turn);
    uv_unref((uv_handle_t *)&l->turn_end);
    l->fibers = fiber_pool_new(l);
    return l;
}

void loop_free(loop *l) {
    while (atomic_load_explicit(&l->visitors, memory_order_acquire) > 0)
        sched_yield();
    ASSERT(l->retained == 0);
    fiber_pool_close(l->fibers);
    uv_close((uv_handle_t *)&l->turn_end, NULL);
    uv_close((uv_handle_t *)&l->no_wait, NULL);
    uv_close((uv_handle_t *)&l->wake, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    fiber_pool_free(l->fibers);
    int status = uv_loop_close(&l->uv);
    ASSERT(status == 0); /* else a handle was left open */
    free(l);
}

void loop_run(loop *l) {
    do {
        keep_running(l, true);
        uv_run(&l->uv, UV_RUN_DEFAULT);
    } while (has_reason_to_run(l) || uv_loop_alive(&l->uv));
}

void loop_retain(loop *l) {
    l->retained++;
}

void loop_release(loop *l) {
    ASSERT(l->retained > 0);
    l->retained--;
}

fiber_pool *loop_fibers(loop *l) {
    return l->fibers;
}

struct uv_loop_s *loop_uv(loop *l) {
    return &l->uv;
}

int64_t loop_now(const loop *l) {
    return (int64_t)uv_now(&l->uv);
}

deadline deadline_in(const loop *l, int64_t ms) {
    deadline d;
    if (__builtin_add_overflow(loop_now(l), ms, &d.at_ms))
        return deadline_never();
    return d;
}
