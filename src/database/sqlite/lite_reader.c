#include "database/sqlite/lite_reader.h"

#include "base/assert.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_file.h"
#include "database/sqlite/lite_statement.h"

enum {
    /* How long a fiber waits for others that take long. */
    HELD_UP_MS = 250,
    /* With fewer, none is kept for quick reads. */
    LEAST_TO_KEEP_ONE = 4,
};

/* ---- One connection ----------------------------------------------------- */

static err *open_reader(lite_reader_pool *p, arena *a, lite_reader *r) {
    r->pace.may_yield = true;
    r->pace.ends_older_than_ms = &p->database->ends_older_than_ms;
    TRY(lite_file_check_in_place(a, p->database->path, p->database->claim,
                                 p->database->log));
    TRY(lite_connect(a, p->database->path, LITE_READER, &r->pace, &r->db));
    r->cache = lite_cache_new();
    TRY(lite_prepare(a, r->db, STR("BEGIN"), SQLITE_PREPARE_PERSISTENT,
                     &r->begin));
    return lite_prepare(a, r->db, STR("COMMIT"), SQLITE_PREPARE_PERSISTENT,
                        &r->commit);
}

static void close_reader(lite_reader *r) {
    ASSERT(r->leases == 0);
    if (r->db == NULL)
        return;
    lite_finalize(&r->begin);
    lite_finalize(&r->commit);
    if (r->cache != NULL)
        lite_cache_free(r->cache);
    lite_disconnect(&r->db);
    *r = (lite_reader){0};
}

static err *begin(lite_reader_pool *p, arena *a, lite_reader *r) {
    /* Counted first: a commit in between makes the snapshot look older than it
     * is, never newer. */
    r->snapshot = atomic_load(&p->database->commits);
    int rc = sqlite3_step(r->begin);
    (void)sqlite3_reset(r->begin);
    TRY(lite_check(a, r->db, rc));
    r->is_in_transaction = true;
    return NULL;
}

static void commit(lite_reader *r) {
    if (sqlite3_step(r->commit) != SQLITE_DONE)
        r->is_broken = true;
    (void)sqlite3_reset(r->commit);
    r->is_in_transaction = false;
}

static bool is_fresh(const lite_reader_pool *p, const lite_reader *r) {
    return r->is_in_transaction &&
           r->snapshot == atomic_load(&p->database->commits);
}

/* Makes an idle connection ready for a read. */
static err *renew(lite_reader_pool *p, arena *a, lite_reader *r) {
    if (is_fresh(p, r))
        return NULL;
    if (r->is_in_transaction)
        commit(r);
    if (r->is_broken)
        close_reader(r);
    if (r->db == NULL) {
        err *e = open_reader(p, a, r);
        if (e != NULL) {
            close_reader(r);
            return e;
        }
    }
    return begin(p, a, r);
}

/* ---- The pool ----------------------------------------------------------- */

static void end_turn(loop_hook *hook) {
    lite_reader_pool *p = CONTAINER_OF(hook, lite_reader_pool, turn_end);
    for (size_t i = 0; i < p->reader_count; i++) {
        lite_reader *r = &p->readers[i];
        if (r->is_in_transaction && r->leases == 0)
            commit(r);
    }
}

void lite_reader_pool_init(arena *a, lite_reader_pool *p, lite_database *d,
                           loop *l) {
    *p = (lite_reader_pool){
        .database = d,
        .loop = l,
        .readers = arena_new_array(a, lite_reader, d->read_connections),
        .reader_count = d->read_connections,
        .turn_end = {.run = end_turn},
    };
    p->latest = p->readers;
}

void lite_reader_pool_close(lite_reader_pool *p) {
    ASSERT(p->first_waiter == NULL);
    for (size_t i = 0; i < p->reader_count; i++) {
        if (p->readers[i].is_in_transaction)
            commit(&p->readers[i]);
        close_reader(&p->readers[i]);
    }
}

/* The connection of this fiber's other reads, if its snapshot still serves. */
static lite_reader *find_own(lite_reader_pool *p, const fiber *f) {
    for (size_t i = 0; i < p->reader_count; i++) {
        lite_reader *r = &p->readers[i];
        if (r->leases > 0 && r->owner == f && is_fresh(p, r))
            return r;
    }
    return NULL;
}

/* One that is open before one that would have to be opened. */
static lite_reader *find_idle(lite_reader_pool *p) {
    if (p->latest->leases == 0 && p->latest->db != NULL)
        return p->latest;
    lite_reader *closed = NULL;
    for (size_t i = 0; i < p->reader_count; i++) {
        lite_reader *r = &p->readers[i];
        if (r->leases > 0)
            continue;
        if (r->db != NULL)
            return r;
        if (closed == NULL)
            closed = r;
    }
    return closed;
}

static void lease(lite_reader_pool *p, lite_reader *r, fiber *owner) {
    p->taken_count += r->leases == 0;
    r->owner = owner;
    r->leases++;
    p->latest = r;
}

static void append_waiter(lite_reader_pool *p, lite_waiter *w) {
    if (p->last_waiter != NULL)
        p->last_waiter->next = w;
    else
        p->first_waiter = w;
    p->last_waiter = w;
}

static void remove_waiter(lite_reader_pool *p, lite_waiter *gone) {
    lite_waiter *before = NULL;
    for (lite_waiter *w = p->first_waiter; w != gone; w = w->next)
        before = w;
    *(before != NULL ? &before->next : &p->first_waiter) = gone->next;
    if (p->last_waiter == gone)
        p->last_waiter = before;
}

static void end_longest(lite_reader_pool *p) {
    lite_reader *longest = NULL;
    for (size_t i = 0; i < p->reader_count; i++) {
        lite_reader *r = &p->readers[i];
        if (r->pace.is_running && !r->pace.makes_way &&
            (longest == NULL || r->pace.began_ms < longest->pace.began_ms))
            longest = r;
    }
    if (longest != NULL)
        lite_pace_make_way(&longest->pace, loop_now(p->loop));
}

/* Until something happens, or it is time to look. */
static err *wait_a_while(lite_reader_pool *p, arena *a, deadline until) {
    deadline look = deadline_in(p->loop, HELD_UP_MS);
    if (look.at_ms >= until.at_ms)
        return fiber_park(a, until);
    err *e = fiber_park(a, look);
    if (e == NULL || e->code != ERR_TIMEOUT)
        return e;
    end_longest(p);
    return NULL;
}

static err *wait_for_one(lite_reader_pool *p, arena *a, bool is_quick,
                         deadline until, lite_reader **out) {
    lite_waiter *self = arena_new_array(a, lite_waiter, 1);
    self->fiber = fiber_current();
    self->is_quick = is_quick;
    ASSERT(self->fiber != NULL);
    append_waiter(p, self);
    err *e = NULL;
    while (self->given == NULL && e == NULL)
        e = wait_a_while(p, a, until);
    *out = self->given;
    if (self->given != NULL) /* also when it came with the deadline */
        return NULL;
    remove_waiter(p, self);
    return err_wrap(a, e, "all read connections of this worker are busy");
}

/* Is none free but the one that is kept? */
static bool is_crowded(const lite_reader_pool *p) {
    return p->reader_count >= LEAST_TO_KEEP_ONE &&
           p->taken_count + 1 >= p->reader_count;
}

err *lite_reader_take(lite_reader_pool *p, arena *a, const query *q,
                      deadline until, lite_reader **out) {
    fiber *f = fiber_current();
    lite_reader *r = p->taken_count > 0 ? find_own(p, f) : NULL;
    bool is_quick = UNLIKELY(is_crowded(p)) && query_is_quick(q);
    if (r == NULL && (is_quick || !is_crowded(p)))
        r = find_idle(p);
    if (r != NULL)
        lease(p, r, f);
    else
        TRY(wait_for_one(p, a, is_quick, until, &r));
    ASSERT(r != NULL);
    *out = r;
    err *e = r->leases == 1 ? renew(p, a, r) : NULL;
    if (e != NULL)
        lite_reader_give(p, r);
    return e;
}

/* Who waits first, of those that may have the next one. */
static lite_waiter *find_next(const lite_reader_pool *p) {
    lite_waiter *w = p->first_waiter;
    while (w != NULL && is_crowded(p) && !w->is_quick)
        w = w->next;
    return w;
}

void lite_reader_give(lite_reader_pool *p, lite_reader *r) {
    ASSERT(r->leases > 0);
    if (--r->leases > 0)
        return;
    p->taken_count--;
    lite_waiter *next = find_next(p);
    if (next != NULL) {
        remove_waiter(p, next);
        lease(p, r, next->fiber);
        next->given = r;
        fiber_unpark(next->fiber);
        return;
    }
    r->owner = NULL;
    if (r->is_in_transaction)
        loop_request_turn_end(p->loop, &p->turn_end);
}
