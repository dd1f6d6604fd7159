#include "core/job_runner.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/job_attempt.h"
#include "core/job_schedule.h"
#include "core/system_caller.h"
#include "io/bell.h"

enum {
    DEFAULT_PARALLEL = 16,
    DEFAULT_LEASE_MS = 60 * 1000,
    DEFAULT_POLL_MS = 5 * 1000,
    RENEWALS = 4, /* in the time of a lease */
    CONTENDED_MS = 200,
    FIRST_TROUBLE_MS = 500,
    MOST_TROUBLE_MS = 30 * 1000,
    MAX_HOST_NAME = 64,
};

typedef struct kind_state {
    const job_kind *kind;
    bool may_have_more; /* jobs that are due */
} kind_state;

struct job_runner {
    job_runner_config config;
    const app *app;
    arena *arena;
    loop *loop;
    fiber_group dispatcher;
    fiber_group attempts;
    bell_ear ear;
    uint64_t rings; /* of the bell for jobs, that were heard */
    rand_source random;
    str name;        /* the begin of its leases */
    uint64_t leases; /* that it has had */
    job_attempt *first;
    size_t count;
    kind_state *kinds;
    size_t turn; /* whose kind is asked first */
    bool has_begun;
    bool is_draining;
    bool is_stopping;
    deadline drained;
    deadline look_at; /* what others have done */
    deadline renew_at;
    int64_t scheduled_ms; /* what is due next, by the clock on the wall */
    int64_t trouble_ms;   /* how long to wait after an err */
};

/* ---- Leases ------------------------------------------------------------- */

/* For people who see it in a row, and unlike any other. */
static str make_name(arena *a, rand_source *random) {
    char host[MAX_HOST_NAME] = "";
    (void)gethostname(host, sizeof host - 1);
    return arena_printf(a, "%s:%d:%08" PRIx64, host, (int)getpid(),
                        rand_uint64(random) & UINT32_MAX);
}

static job_lease next_lease(job_runner *r, arena *a) {
    return (job_lease){
        .text = arena_printf(a, "%.*s:%" PRIu64, STR_ARG(r->name), ++r->leases),
        .ms = r->config.lease_ms,
    };
}

static const job_renewed *find_renewed(const job_renewed *renewed, size_t count,
                                       const job_taken *job) {
    for (size_t i = 0; i < count; i++)
        if (str_equal(renewed[i].id, job->id) &&
            str_equal(renewed[i].lease, job->lease))
            return &renewed[i];
    return NULL;
}

/* What comes of one whose lease is lost is nobody's concern: it may stop. */
static err *renew(job_runner *r, const caller *c) {
    job_renewed *seen = NULL;
    size_t seen_count = 0;
    str *leases = arena_new_array(c->arena, str, r->count);
    size_t count = 0;
    for (job_attempt *t = r->first; t != NULL; t = t->next)
        leases[count++] = t->job.lease;
    TRY(job_store_renew(c, leases, count, r->config.lease_ms, &seen,
                        &seen_count));
    for (job_attempt *t = r->first; t != NULL; t = t->next) {
        const job_renewed *found = find_renewed(seen, seen_count, &t->job);
        t->run.is_cancelled |= found == NULL || found->is_cancelled;
    }
    r->renew_at = deadline_in(r->loop, r->config.lease_ms / RENEWALS);
    return NULL;
}

/* ---- Ends --------------------------------------------------------------- */

static size_t count_ended(const job_runner *r) {
    size_t count = 0;
    for (const job_attempt *t = r->first; t != NULL; t = t->next)
        count += t->has_ended;
    return count;
}

static void forget_written(job_runner *r) {
    job_attempt **at = &r->first;
    while (*at != NULL) {
        job_attempt *t = *at;
        if (t->is_written) {
            *at = t->next;
            r->count--;
            job_attempt_free(t);
        } else {
            at = &t->next;
        }
    }
}

/* Where there was no room, or a limit, there may be some now. */
static void expect_more(job_runner *r, const job_kind *kind) {
    for (size_t i = 0; i < r->app->job_kind_count; i++)
        if (r->kinds[i].kind == kind &&
            kind->limit + kind->limit_of_organization > 0)
            r->kinds[i].may_have_more = true;
}

static void note_retry(job_runner *r, const job_result *result) {
    if (result->end == JOB_END_RETRY && result->retry_at_ms < r->scheduled_ms)
        r->scheduled_ms = result->retry_at_ms;
}

static err *write_ends(job_runner *r, const caller *c) {
    size_t count = count_ended(r);
    if (count == 0)
        return NULL;
    job_result *results = arena_new_array(c->arena, job_result, count);
    job_attempt **ended = arena_new_array(c->arena, job_attempt *, count);
    size_t at = 0;
    for (job_attempt *t = r->first; t != NULL; t = t->next) {
        if (!t->has_ended)
            continue;
        ended[at] = t;
        results[at++] = job_attempt_result(t, c->arena, &r->random);
    }
    TRY(job_store_end(c, results, count));
    for (size_t i = 0; i < count; i++) {
        job_attempt_tell(ended[i], &results[i]);
        ended[i]->is_written = true;
        expect_more(r, ended[i]->run.kind);
        note_retry(r, &results[i]);
    }
    forget_written(r);
    return NULL;
}

static void stop_late(job_runner *r) {
    for (job_attempt *t = r->first; t != NULL; t = t->next) {
        if (t->has_ended || t->is_late || loop_now(r->loop) < t->until.at_ms)
            continue;
        t->is_late = true;
        job_attempt_stop(t);
    }
}

/* ---- Beginnings --------------------------------------------------------- */

static size_t room(const job_runner *r) {
    return r->count < r->config.parallel ? r->config.parallel - r->count : 0;
}

static err *take(job_runner *r, const caller *c, kind_state *k) {
    job_taken *jobs = NULL;
    size_t count = 0;
    size_t most = room(r);
    bool is_contended = false;
    TRY(job_store_take(c, k->kind, next_lease(r, c->arena), most, &jobs, &count,
                       &is_contended));
    k->may_have_more = count == most;
    for (size_t i = 0; i < count; i++) {
        job_attempt *t = job_attempt_new(r->app, r->config.session, r->loop,
                                         k->kind, &jobs[i]);
        if (r->count == 0)
            r->renew_at = deadline_in(r->loop, r->config.lease_ms / RENEWALS);
        t->next = r->first;
        r->first = t;
        r->count++;
        job_attempt_start(t, &r->attempts);
    }
    if (is_contended)
        r->look_at = deadline_in(r->loop, CONTENDED_MS);
    return NULL;
}

/* Each kind in turn, so that none waits for ever behind the others. */
static err *take_all(job_runner *r, const caller *c) {
    size_t count = r->app->job_kind_count;
    for (size_t i = 0; i < count && room(r) > 0; i++) {
        kind_state *k = &r->kinds[(r->turn + i) % count];
        if (k->may_have_more)
            TRY(take(r, c, k));
    }
    r->turn++;
    return NULL;
}

/* ---- A round ------------------------------------------------------------ */

static void expect_all(job_runner *r) {
    for (size_t i = 0; i < r->app->job_kind_count; i++)
        r->kinds[i].may_have_more = true;
}

static bool is_over(const job_runner *r, deadline d) {
    return loop_now(r->loop) >= d.at_ms;
}

static err *begin(job_runner *r, const caller *c) {
    size_t count;
    TRY(job_store_reclaim(c, r->config.is_alone, &count));
    TRY(job_schedule_register(c));
    r->has_begun = true;
    return NULL;
}

/* What others have enqueued, and what has become due. */
static err *look(job_runner *r, const caller *c) {
    size_t count;
    r->look_at = deadline_in(r->loop, r->config.poll_ms);
    TRY(job_store_reclaim(c, false, &count));
    if (clock_wall_ms(r->app->clock) >= r->scheduled_ms)
        TRY(job_schedule_run_due(c, &r->scheduled_ms));
    expect_all(r);
    return NULL;
}

static bool is_due(const job_runner *r) {
    return is_over(r, r->look_at) ||
           clock_wall_ms(r->app->clock) >= r->scheduled_ms;
}

static void hear(job_runner *r) {
    uint64_t rings = atomic_load(&r->app->job_bell->rings);
    if (rings != r->rings)
        expect_all(r);
    r->rings = rings;
}

static err *work(job_runner *r, const caller *c) {
    stop_late(r);
    TRY(write_ends(r, c));
    if (r->count > 0 && is_over(r, r->renew_at))
        TRY(renew(r, c));
    if (r->is_draining)
        return NULL;
    if (!r->has_begun)
        TRY(begin(r, c));
    hear(r);
    if (is_due(r))
        TRY(look(r, c));
    return take_all(r, c);
}

/* ---- Between two rounds ------------------------------------------------- */

static void sooner(deadline *d, deadline other) {
    if (other.at_ms < d->at_ms)
        *d = other;
}

/* Of the clock on the wall, which may be set: not for longer than a poll. */
static deadline next_scheduled(const job_runner *r) {
    int64_t ms = r->scheduled_ms - clock_wall_ms(r->app->clock);
    if (ms > r->config.poll_ms)
        ms = r->config.poll_ms;
    return deadline_in(r->loop, ms > 0 ? ms : 0);
}

static deadline next_round(const job_runner *r) {
    deadline d = deadline_never();
    if (r->trouble_ms > 0)
        return deadline_in(r->loop, r->trouble_ms);
    for (const job_attempt *t = r->first; t != NULL; t = t->next)
        if (!t->is_late)
            sooner(&d, t->until);
    if (r->count > 0)
        sooner(&d, r->renew_at);
    if (r->is_draining) {
        sooner(&d, r->is_stopping ? deadline_never() : r->drained);
        return d;
    }
    sooner(&d, r->look_at);
    sooner(&d, next_scheduled(r));
    return d;
}

static bool has_more(const job_runner *r) {
    bool has = false;
    for (size_t i = 0; i < r->app->job_kind_count; i++)
        has |= r->kinds[i].may_have_more;
    return !r->is_draining && has && room(r) > 0;
}

static void note_trouble(job_runner *r, const err *e) {
    int64_t next = r->trouble_ms == 0 ? FIRST_TROUBLE_MS : r->trouble_ms * 2;
    if (e != NULL && r->trouble_ms == 0 && r->app->log != NULL)
        log_warn(r->app->log, "jobs wait", LOG_CAUSE(e), LOG_END);
    if (e == NULL)
        r->trouble_ms = 0;
    else
        r->trouble_ms = next < MOST_TROUBLE_MS ? next : MOST_TROUBLE_MS;
}

/* Those that have not ended in time go back as they were. */
static void stop_all(job_runner *r) {
    r->is_stopping = true;
    for (job_attempt *t = r->first; t != NULL; t = t->next) {
        t->is_given_back |= !t->has_ended;
        job_attempt_stop(t);
    }
}

/* While it drains a database that is down keeps nobody: leases end. */
static bool has_to_go_on(const job_runner *r) {
    return !r->is_draining || count_ended(r) < r->count ||
           (r->count > 0 && r->trouble_ms == 0);
}

/* Is there something to do that it need not wait for? */
static bool is_busy(const job_runner *r) {
    return r->trouble_ms == 0 && (count_ended(r) > 0 || has_more(r));
}

static err *round_of(job_runner *r) {
    CLEANUP(arena_release) arena *a = arena_new();
    caller c = system_caller(a, r->app, r->config.session, STR("jobs"));
    note_trouble(r, work(r, &c));
    if (r->is_draining && !r->is_stopping && is_over(r, r->drained))
        stop_all(r);
    return is_busy(r) || !has_to_go_on(r)
               ? NULL
               : bell_wait(a, &r->ear, next_round(r));
}

static err *dispatch(void *argument) {
    job_runner *r = argument;
    bell_listen(&r->ear, r->app->job_bell->bell, r->loop);
    while (has_to_go_on(r)) {
        err *ignored = round_of(r); /* nobody cancels it */
        (void)ignored;
    }
    bell_leave(&r->ear);
    return NULL;
}

/* ---- Life --------------------------------------------------------------- */

static int64_t or_default(int64_t given, int64_t fallback) {
    return given > 0 ? given : fallback;
}

err *job_runner_open(arena *a, const job_runner_config *config,
                     job_runner **out) {
    arena *own = arena_new();
    job_runner *r = arena_new_array(own, job_runner, 1);
    r->config = *config;
    r->config.parallel =
        config->parallel > 0 ? config->parallel : DEFAULT_PARALLEL;
    r->config.lease_ms = or_default(config->lease_ms, DEFAULT_LEASE_MS);
    r->config.poll_ms = or_default(config->poll_ms, DEFAULT_POLL_MS);
    r->app = config->app;
    r->arena = own;
    r->loop = config->loop;
    r->dispatcher.loop = r->loop;
    r->attempts.loop = r->loop;
    r->random = rand_secure();
    r->name = make_name(own, &r->random);
    r->kinds = arena_new_array(own, kind_state, r->app->job_kind_count);
    for (size_t i = 0; i < r->app->job_kind_count; i++)
        r->kinds[i].kind = r->app->job_kinds[i];
    err *e = fiber_start(a, &r->dispatcher, dispatch, r);
    if (e != NULL) {
        arena_free(own);
        return e;
    }
    *out = r;
    return NULL;
}

void job_runner_drain(job_runner *r, int64_t ms) {
    if (r->is_draining)
        return;
    r->is_draining = true;
    r->drained = deadline_in(r->loop, ms);
    bell_ring(r->app->job_bell->bell);
}

void job_runner_close(job_runner *r) {
    while (r->first != NULL) {
        job_attempt *t = r->first;
        r->first = t->next;
        job_attempt_free(t);
    }
    arena_free(r->arena);
}
