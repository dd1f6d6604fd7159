#include "database/postgres/pg_pool.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/assert.h"

enum {
    LEAST_BACKOFF_MS = 100,
    MOST_BACKOFF_MS = 5000,
    /* What a cancel request costs, a connection, is paid for statements that
     * take longer than that. */
    CANCEL_AFTER_MS = 50,
    /* The server passes a request on as a signal, when it gets round to it. */
    CANCEL_LASTS_MS = 1000,
    WATCH_MS = 500,
    LEAST_TO_KEEP_ONE = 4,
    LEAST_PART = 10, /* of its time, which a read has in any case */
    /* For the way there and back, and for what no statement time limit counts:
     * the sync of a COMMIT. */
    GRACE_MS = 2000,
    /* No answer for so long is hardly a lack of processors. */
    CERTAINLY_SLOW_MS = 100,
    MOVE_PRICE = 20, /* answers */
    MOST_CREDIT = 64 * MOVE_PRICE,
};

struct pg_waiter {
    fiber *fiber;
    pg_use use;
    pg_line *given;
    bool is_refused; /* look again: no connection is to be had */
    pg_waiter *next;
};

/* ---- Choosing ----------------------------------------------------------- */

static bool is_alive(const pg_line *line) {
    return line->pipe != NULL && !pg_pipe_is_lost(line->pipe);
}

static bool is_open(const pg_line *line) {
    return is_alive(line) && !pg_pipe_is_retired(line->pipe);
}

bool pg_pool_is_slow(const pg_pool *p, const pg_line *line) {
    int64_t since = pg_pipe_busy_since(line->pipe);
    return since < loop_now(p->loop) - PG_SLOW_MS;
}

bool pg_pool_must_make_way(const pg_pool *p, const pg_line *line) {
    int64_t since = pg_pipe_busy_since(line->pipe);
    if (p->held_up == 0 ||
        since > loop_now(p->loop) - p->patience_ms / LEAST_PART)
        return false;
    size_t older = 0;
    for (size_t i = 0; i < p->line_count; i++) {
        const pg_line *other = &p->lines[i];
        older += is_alive(other) && pg_pipe_busy_since(other->pipe) < since;
    }
    return older < p->held_up;
}

/* Of the lines, the first so many. */
static size_t count_for(const pg_pool *p, pg_use use) {
    return use == PG_QUICK ? p->line_count : p->line_count - p->kept;
}

/* The quick before the slow, then the one with the least to do. */
static pg_line *choose(const pg_pool *p, pg_use use) {
    pg_line *best = NULL;
    size_t least = 0;
    for (size_t i = 0; i < count_for(p, use); i++) {
        pg_line *line = &p->lines[i];
        if (!is_open(line) || line->owner != NULL || line->is_cancelling)
            continue;
        size_t load = pg_pipe_load(line->pipe);
        if (load > 0 && pg_pool_is_slow(p, line))
            load += SIZE_MAX / 2;
        if (best == NULL || load < least) {
            best = line;
            least = load;
        }
    }
    return best;
}

static size_t count_open(const pg_pool *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->line_count; i++)
        count += is_open(&p->lines[i]) || p->lines[i].is_opening;
    return count;
}

/* Nothing to wait for: none is open, and none was lost just now, whose place
 * is free at the end of the turn. */
static bool is_hopeless(const pg_pool *p) {
    for (size_t i = 0; i < p->line_count; i++)
        if (p->lines[i].pipe != NULL || p->lines[i].is_opening)
            return false;
    return true;
}

static bool is_opening(const pg_pool *p) {
    for (size_t i = 0; i < p->line_count; i++)
        if (p->lines[i].is_opening)
            return true;
    return false;
}

/* ---- Waiting ------------------------------------------------------------ */

static void append_waiter(pg_pool *p, pg_waiter *w) {
    if (p->last_waiter != NULL)
        p->last_waiter->next = w;
    else
        p->first_waiter = w;
    p->last_waiter = w;
}

static void remove_waiter(pg_pool *p, pg_waiter *gone) {
    pg_waiter *before = NULL;
    for (pg_waiter *w = p->first_waiter; w != gone; w = w->next)
        before = w;
    *(before != NULL ? &before->next : &p->first_waiter) = gone->next;
    if (p->last_waiter == gone)
        p->last_waiter = before;
}

static void grant(pg_line *line, pg_use use, fiber *f) {
    if (use == PG_ALONE)
        line->owner = f;
}

/* In the order in which they came. */
static void serve_waiters(pg_pool *p) {
    while (p->first_waiter != NULL) {
        pg_waiter *w = p->first_waiter;
        pg_line *line = choose(p, w->use);
        if (line == NULL)
            return;
        remove_waiter(p, w);
        grant(line, w->use, w->fiber);
        w->given = line;
        fiber_unpark(w->fiber);
    }
}

static void refuse_waiters(pg_pool *p) {
    while (p->first_waiter != NULL) {
        pg_waiter *w = p->first_waiter;
        remove_waiter(p, w);
        w->is_refused = true;
        fiber_unpark(w->fiber);
    }
}

/* ---- Closing ------------------------------------------------------------ */

static void look_after_waiters(pg_pool *p);

/* Not at once: whoever lost the connection may be in the midst of using it. */
static void reap(loop_hook *hook) {
    pg_pool *p = CONTAINER_OF(hook, pg_pool, reap);
    for (size_t i = 0; i < p->line_count; i++) {
        pg_line *line = &p->lines[i];
        if (line->pipe == NULL || !pg_pipe_is_lost(line->pipe) ||
            line->owner != NULL || line->is_cancelling)
            continue;
        if (!pg_pipe_can_be_freed(line->pipe)) {
            loop_request_turn_end(p->loop, &p->reap);
            continue;
        }
        if (p->log != NULL)
            log_warn(p->log, "lost a connection to the database",
                     LOG_STR("reason", pg_pipe_why_lost(line->pipe)), LOG_END);
        pg_pipe_free(line->pipe);
        line->pipe = NULL;
    }
    look_after_waiters(p);
}

static void on_lost(void *self) {
    pg_pool *p = self;
    loop_request_turn_end(p->loop, &p->reap);
}

/* ---- Opening ------------------------------------------------------------ */

typedef struct opening {
    pg_pool *pool;
    pg_line *line;
    arena *a;
    PGconn *pg;
} opening;

static err *log_in(void *argument) {
    opening *o = argument;
    return pg_login_open(o->a, o->pool->login, o->pool->path, &o->pg);
}

static void note_failure(pg_pool *p, const err *e) {
    int64_t wait_ms = LEAST_BACKOFF_MS;
    for (size_t i = 0; i < p->failure_count && wait_ms < MOST_BACKOFF_MS; i++)
        wait_ms *= 2;
    if (wait_ms > MOST_BACKOFF_MS)
        wait_ms = MOST_BACKOFF_MS;
    p->failure_count++;
    wait_ms = wait_ms / 2 + (int64_t)rand_below(&p->random, (uint64_t)wait_ms);
    p->next_try_ms = loop_now(p->loop) + wait_ms;
    if (p->log != NULL)
        log_warn(p->log, "cannot connect to the database", LOG_CAUSE(e),
                 LOG_INT("next_try_in_ms", wait_ms), LOG_END);
}

static void note_success(pg_pool *p, const opening *o) {
    if (p->failure_count > 0 && p->log != NULL)
        log_info(p->log, "connected to the database again", LOG_END);
    p->failure_count = 0;
    p->next_try_ms = 0;
    o->line->pipe = pg_pipe_new(p->loop, &p->login->pq, o->pg, on_lost, p);
}

/* In a fiber of its own. */
static err *open_line(void *argument) {
    opening o = *(opening *)argument;
    pg_pool *p = o.pool;
    CLEANUP(arena_release) arena *a = arena_new();
    o.a = a;
    err *e = blocking_run(a, p->threads, log_in, &o);
    o.line->is_opening = false;
    if (e == NULL)
        note_success(p, &o);
    else
        note_failure(p, e);
    look_after_waiters(p);
    return NULL;
}

/* Opens one more, if there is room and it is time. Returns whether one is on
 * its way: one at a time is. */
static bool open_another(pg_pool *p, arena *a, pg_use use) {
    if (is_opening(p))
        return true;
    if (loop_now(p->loop) < p->next_try_ms)
        return false;
    for (size_t i = 0; i < count_for(p, use); i++) {
        pg_line *line = &p->lines[i];
        if (line->pipe != NULL)
            continue;
        opening o = {.pool = p, .line = line};
        line->is_opening = true;
        line->cancelled_ms = 0;
        err *e = fiber_start(a, &p->fibers, open_line, &o);
        if (e != NULL)
            line->is_opening = false;
        return e == NULL;
    }
    return false;
}

/* Those who wait may be the last who ask for long: what they need is opened, or
 * they are told that there is nothing to wait for. */
static void look_after_waiters(pg_pool *p) {
    serve_waiters(p);
    if (p->first_waiter == NULL)
        return;
    CLEANUP(arena_release) arena *a = arena_new();
    if (!open_another(p, a, p->first_waiter->use) && is_hopeless(p))
        refuse_waiters(p);
}

/* ---- Taking ------------------------------------------------------------- */

static err *unavailable(arena *a) {
    return err_new(a, ERR_UNAVAILABLE,
                   "Database connection error. Retrying the connection.");
}

static err *wait_for_line(pg_pool *p, arena *a, pg_use use, deadline until,
                          pg_line **out) {
    pg_waiter *self = arena_new_array(a, pg_waiter, 1);
    self->fiber = fiber_current();
    self->use = use;
    ASSERT(self->fiber != NULL);
    append_waiter(p, self);
    err *e = NULL;
    while (self->given == NULL && !self->is_refused && e == NULL)
        e = fiber_park(a, until);
    *out = self->given;
    if (self->given != NULL) /* also when it came with the deadline */
        return NULL;
    if (self->is_refused)
        return unavailable(a);
    remove_waiter(p, self);
    return err_wrap(a, e, "all connections of this worker are busy");
}

err *pg_pool_take(pg_pool *p, arena *a, pg_use use, deadline until,
                  pg_line **out) {
    tick_start(p->watchdog);
    for (;;) {
        pg_line *line = p->first_waiter == NULL ? choose(p, use) : NULL;
        bool is_crowded = line == NULL || pg_pipe_load(line->pipe) > 0;
        bool is_coming = false;
        if (UNLIKELY(is_crowded) && (line == NULL || pg_pool_is_slow(p, line) ||
                                     count_open(p) < p->spread))
            is_coming = open_another(p, a, use);
        if (line != NULL &&
            !(is_coming && is_crowded && pg_pool_is_slow(p, line))) {
            grant(line, use, fiber_current());
            *out = line;
            return NULL;
        }
        if (line == NULL && !is_coming && is_hopeless(p))
            return unavailable(a);
        TRY(wait_for_line(p, a, use, until, &line));
        *out = line;
        /* Since it was given to us, and before we woke up, somebody else may
         * have taken it alone: what we send would be in his transaction. */
        bool is_ours = use == PG_ALONE || line->owner == NULL;
        if (is_open(line) && is_ours)
            return NULL;
        if (use == PG_ALONE) /* else somebody else may have it alone */
            pg_pool_give(p, line);
    }
}

void pg_pool_forget(pg_line *line, uint64_t statement) {
    if (is_alive(line))
        pg_statements_forget(pg_pipe_statements(line->pipe), statement);
}

void pg_pool_break(pg_line *line, const char *why) {
    if (is_alive(line))
        pg_pipe_break(line->pipe, why);
}

void pg_pool_give(pg_pool *p, pg_line *line) {
    line->owner = NULL;
    if (line->pipe != NULL && pg_pipe_is_lost(line->pipe))
        loop_request_turn_end(p->loop, &p->reap);
    serve_waiters(p);
}

pg_line *pg_pool_find_quick(pg_pool *p, pg_use use) {
    pg_line *line = choose(p, use);
    if (line != NULL &&
        (pg_pipe_load(line->pipe) == 0 || !pg_pool_is_slow(p, line)))
        return line;
    CLEANUP(arena_release) arena *a = arena_new();
    (void)open_another(p, a, use);
    return NULL;
}

bool pg_pool_may_move(pg_pool *p, const pg_line *line, pg_use use,
                      bool has_moved) {
    bool is_certain =
        pg_pipe_busy_since(line->pipe) < loop_now(p->loop) - CERTAINLY_SLOW_MS;
    int price = is_certain && !has_moved ? 0 : MOVE_PRICE;
    if (p->credit < price || pg_pool_find_quick(p, use) == NULL)
        return false;
    p->credit -= price;
    return true;
}

void pg_pool_note_answer(pg_pool *p) {
    if (p->credit < MOST_CREDIT)
        p->credit++;
}

/* ---- Cancelling --------------------------------------------------------- */

typedef struct cancelling {
    pg_pool *pool;
    pg_line *line;
    const pg_pipe *pipe;
    uint64_t place;
    PGcancel *request;
} cancelling;

static err *send_request(void *argument) {
    const cancelling *c = argument;
    char why[256];
    /* When it fails the statement ends at its time limit. */
    (void)c->pool->login->pq.PQcancel(c->request, why, sizeof why);
    return NULL;
}

/* In a fiber of its own. */
static err *cancel(void *argument) {
    cancelling c = *(cancelling *)argument;
    pg_pool *p = c.pool;
    CLEANUP(arena_release) arena *a = arena_new();
    err *e = fiber_park(a, deadline_in(p->loop, CANCEL_AFTER_MS));
    (void)e; /* however the wait ended */
    bool is_still_there =
        c.line->pipe == c.pipe && is_alive(c.line) && c.line->owner == NULL;
    if (!is_still_there || c.line->is_cancelling ||
        !pg_pipe_is_next(c.line->pipe, c.place))
        return NULL;
    c.request = pg_pipe_canceller(c.line->pipe);
    if (c.request == NULL)
        return NULL;
    c.line->is_cancelling = true;
    e = blocking_run(a, p->threads, send_request, &c);
    (void)e; /* too much to do: as when it fails */
    c.line->is_cancelling = false;
    c.line->cancelled_ms = loop_now(p->loop);
    p->login->pq.PQfreeCancel(c.request);
    pg_pool_give(p, c.line);
    return NULL;
}

void pg_pool_abandon(pg_pool *p, pg_line *line, pg_ticket *ticket) {
    bool is_first = pg_pipe_is_first(line->pipe, ticket);
    cancelling c = {
        .pool = p, .line = line, .pipe = line->pipe, .place = ticket->place};
    pg_pipe_abandon(line->pipe, ticket);
    if (!is_first)
        return;
    CLEANUP(arena_release) arena *a = arena_new();
    err *e = fiber_start(a, &p->fibers, cancel, &c);
    (void)e; /* no fiber left: the statement ends at its time limit */
}

bool pg_pool_has_cancelled(const pg_pool *p, const pg_line *line) {
    return line->is_cancelling ||
           (line->cancelled_ms > 0 &&
            loop_now(p->loop) - line->cancelled_ms < CANCEL_LASTS_MS);
}

/* ---- Life --------------------------------------------------------------- */

/* The server ends a statement at its time limit; when it says nothing for much
 * longer than that, the network or the machine is gone. */
static void watch(void *self) {
    pg_pool *p = self;
    bool is_idle = true;
    for (size_t i = 0; i < p->line_count; i++) {
        pg_line *line = &p->lines[i];
        if (!is_alive(line) || pg_pipe_load(line->pipe) == 0)
            continue;
        is_idle = false;
        if (pg_pipe_busy_since(line->pipe) <
            loop_now(p->loop) - p->patience_ms - GRACE_MS)
            pg_pipe_break(line->pipe, "the server does not answer");
    }
    if (is_idle)
        tick_stop(p->watchdog);
}

void pg_pool_init(arena *a, pg_pool *p, const pg_login *login, pg_path path,
                  loop *l, blocking_pool *threads, size_t line_count,
                  size_t spread) {
    *p = (pg_pool){
        .login = login,
        .path = path,
        .loop = l,
        .threads = threads,
        .log = login->log,
        .lines = arena_new_array(a, pg_line, line_count),
        .line_count = line_count,
        .spread = spread < line_count ? spread : line_count,
        .patience_ms = login->statement_timeout_ms,
        .fibers = {.loop = l},
        .reap = {.run = reap},
        .random = rand_secure(),
        .credit = MOST_CREDIT,
    };
    p->watchdog = tick_open(l, WATCH_MS, watch, p);
}

void pg_pool_keep_one(pg_pool *p) {
    p->kept = p->line_count >= LEAST_TO_KEEP_ONE ? 1 : 0;
}

void pg_pool_close(pg_pool *p) {
    ASSERT(p->first_waiter == NULL && fiber_group_is_empty(&p->fibers));
    tick_close(p->watchdog);
    for (size_t i = 0; i < p->line_count; i++)
        if (p->lines[i].pipe != NULL)
            pg_pipe_free(p->lines[i].pipe);
}
