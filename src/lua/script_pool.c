#include "lua/script_pool.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/attr.h"
#include "io/fiber.h"
#include "lua/script.h"

/* On its fiber's stack. A turn is handed over under the lock; the message then
 * wakes the fiber on its own thread, and until it has come the waiter stays. */
struct script_waiter {
    loop_message message;
    fiber *fiber;
    script_waiter *next;
    bool has_turn; /* under the lock */
    bool is_told;  /* on the fiber's thread */
};

/* After a burst of hooks that wait: each holds some hundred kilobytes, and hooks
 * that compute need as many as there are workers. */
enum { MOST_IDLE = 16 };

void script_pool_init(script_pool *p, const script *s, size_t most) {
    *p = (script_pool){.script = s, .most = most};
    pthread_mutex_init(&p->lock, NULL);
    p->idle = calloc(MOST_IDLE, sizeof(sandbox *));
    if (p->idle == NULL)
        PANIC("out of memory");
}

/* ---- Turns --------------------------------------------------------------- */

static void tell(loop_message *message) {
    script_waiter *w = CONTAINER_OF(message, script_waiter, message);
    w->is_told = true;
    fiber_unpark(w->fiber);
}

static void add_waiter(script_pool *p, script_waiter *w) {
    if (p->last == NULL)
        p->first = w;
    else
        p->last->next = w;
    p->last = w;
}

static void remove_waiter(script_pool *p, script_waiter *w) {
    script_waiter *before = NULL;
    script_waiter **link = &p->first;
    while (*link != w) {
        before = *link;
        link = &before->next;
    }
    *link = w->next;
    if (p->last == w)
        p->last = before;
}

/* False when the wait ended before there was a turn. */
static bool gave_up(script_pool *p, script_waiter *w) {
    pthread_mutex_lock(&p->lock);
    bool has_turn = w->has_turn;
    if (!has_turn)
        remove_waiter(p, w);
    pthread_mutex_unlock(&p->lock);
    while (has_turn && !w->is_told)
        fiber_park_until_woken();
    return !has_turn;
}

static err *wait_for_turn(arena *a, script_pool *p, script_waiter *w,
                          int64_t wait_ms) {
    deadline until = deadline_in(fiber_loop(w->fiber), wait_ms);
    while (!w->is_told) {
        err *e = fiber_park(a, until);
        if (e != NULL && gave_up(p, w))
            return err_wrap(a, e, "waiting for hooks that others run");
    }
    return NULL;
}

static err *take_turn(arena *a, script_pool *p, int64_t wait_ms) {
    script_waiter w = {.message.deliver = tell, .fiber = fiber_current()};
    pthread_mutex_lock(&p->lock);
    bool must_wait = p->used >= p->most && w.fiber != NULL;
    if (must_wait)
        add_waiter(p, &w);
    else
        p->used++;
    pthread_mutex_unlock(&p->lock);
    return must_wait ? wait_for_turn(a, p, &w, wait_ms) : NULL;
}

/* Under the lock. */
static void pass_turn(script_pool *p) {
    script_waiter *next = p->first;
    if (next == NULL) {
        p->used--;
        return;
    }
    remove_waiter(p, next);
    next->has_turn = true;
    loop_post(fiber_loop(next->fiber), &next->message);
}

static void give_turn_back(script_pool *p) {
    pthread_mutex_lock(&p->lock);
    pass_turn(p);
    pthread_mutex_unlock(&p->lock);
}

/* ---- Sandboxes ----------------------------------------------------------- */

static sandbox *take_idle(script_pool *p) {
    pthread_mutex_lock(&p->lock);
    sandbox *s = p->idle_count > 0 ? p->idle[--p->idle_count] : NULL;
    pthread_mutex_unlock(&p->lock);
    return s;
}

err *script_pool_take(arena *a, script_pool *p, bool needs_turn,
                      int64_t wait_ms, script_lease *out) {
    *out = (script_lease){.has_turn = needs_turn};
    if (needs_turn)
        TRY(take_turn(a, p, wait_ms));
    out->sandbox = take_idle(p);
    if (LIKELY(out->sandbox != NULL))
        return NULL;
    err *failure = script_open_sandbox(a, p->script, &out->sandbox);
    if (failure != NULL && needs_turn)
        give_turn_back(p);
    return failure;
}

/* Also what is spoiled, and what there is no place for. */
static void keep_or_free(script_pool *p, sandbox *s, bool gives_turn_back) {
    pthread_mutex_lock(&p->lock);
    bool is_kept =
        !p->is_closed && p->idle_count < MOST_IDLE && !sandbox_is_spoiled(s);
    if (is_kept)
        p->idle[p->idle_count++] = s;
    if (gives_turn_back)
        pass_turn(p);
    pthread_mutex_unlock(&p->lock);
    if (!is_kept)
        sandbox_free(s);
}

void script_pool_return(script_pool *p, script_lease lease) {
    keep_or_free(p, lease.sandbox, lease.has_turn);
}

void script_pool_give(script_pool *p, sandbox *s) {
    keep_or_free(p, s, false);
}

void script_pool_close(script_pool *p) {
    pthread_mutex_lock(&p->lock);
    sandbox **idle = p->idle;
    size_t count = p->idle_count;
    p->is_closed = true;
    p->idle = NULL;
    p->idle_count = 0;
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < count; i++)
        sandbox_free(idle[i]);
    free(idle);
}
