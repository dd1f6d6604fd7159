#include "core/hook_dispatcher.h"

#include "core/hook_after.h"
#include "core/system_caller.h"

enum { POLL_MS = 5000, RETRY_MS = 2000, GATHER_MS = 10 };

static const str NAME = STR_INIT("hooks");

static const hook_action ACTIONS[] = {HOOK_CREATE, HOOK_UPDATE, HOOK_DELETE};

bool hook_dispatcher_is_needed(const app *application) {
    const schema *s = application->schema;
    for (size_t i = 0; i < s->model_count; i++) {
        for (size_t k = 0; k < LENGTH(ACTIONS); k++) {
            if (hook_chain_has(application, &s->models[i], ACTIONS[k],
                               HOOK_AFTER))
                return true;
        }
    }
    return false;
}

void hook_dispatcher_init(hook_dispatcher *d, const app *application,
                          database_session *session) {
    *d = (hook_dispatcher){.app = application,
                           .session = session,
                           .feed = feed_of(application->system)};
}

/* ---- A page ------------------------------------------------------------- */

static bool is_wanted(const app *application, const feed_event *e) {
    const model *m = schema_find_model(application->schema, e->model);
    hook_action action;
    return m != NULL && hook_after_action(e->action, &action) &&
           hook_chain_has(application, m, action, HOOK_AFTER);
}

static size_t choose(const hook_dispatcher *d, arena *a, const feed_page *page,
                     job_wanted **out) {
    job_wanted *jobs = arena_new_array(a, job_wanted, page->count);
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        if (is_wanted(d->app, &page->events[i]))
            jobs[count++] = hook_after_wanted(a, &page->events[i]);
    }
    *out = jobs;
    return count;
}

static err *take_page(hook_dispatcher *d, const caller *c,
                      const feed_page *page) {
    job_wanted *jobs;
    const mutation *m = NULL;
    bool is_taken = false;
    size_t count = choose(d, c->arena, page, &jobs);
    d->seen = page->last;
    if (count == 0 && page->last - d->consumer.position < HOOK_DISPATCH_BEHIND)
        return NULL;
    if (count > 0)
        TRY(job_mutation(c, jobs, count, &m));
    err *e =
        feed_consumer_commit(&d->consumer, c, page, &m, count > 0, &is_taken);
    if (e != NULL || is_taken)
        d->seen = d->consumer.position;
    if (e != NULL && !is_taken)
        return e;
    if (!is_taken && count > 0)
        job_wake(d->app);
    return NULL;
}

static err *open(hook_dispatcher *d, const caller *c) {
    if (d->is_open)
        return NULL;
    TRY(feed_consumer_open(c, &d->feed, NAME, FEED_FROM_NOW, &d->consumer));
    d->seen = d->consumer.position;
    d->is_open = true;
    return NULL;
}

err *hook_dispatcher_round(hook_dispatcher *d, arena *a, bool *is_more) {
    caller c = system_caller(a, d->app, d->session, STR("hooks"));
    feed_page page;
    *is_more = false;
    TRY(open(d, &c));
    TRY(feed_read(&d->feed, d->session, a, d->seen, HOOK_DISPATCH_EVENTS,
                  &page));
    *is_more = page.count == HOOK_DISPATCH_EVENTS;
    return page.count > 0 ? take_page(d, &c, &page) : NULL;
}

/* ---- All the time ------------------------------------------------------- */

/* False when there is something that it cannot take now. */
static bool take_all(hook_dispatcher *d, arena *a) {
    bool is_more = true;
    err *e = NULL;
    while (e == NULL && is_more && !fiber_is_cancelled(fiber_current())) {
        arena_reset(a);
        e = hook_dispatcher_round(d, a, &is_more);
    }
    if (e != NULL && e->code != ERR_CANCELLED && d->app->log != NULL)
        log_error(d->app->log, "hooks behind commits have to wait",
                  LOG_CAUSE(e), LOG_END);
    return e == NULL;
}

/* Hooks may come with the next reload; until then nobody rings for us. */
static err *wait_for_hooks(const hook_dispatcher *d, arena *a, loop *l) {
    err *e = NULL;
    while (e == NULL && !hook_dispatcher_is_needed(d->app)) {
        arena_reset(a); /* what it waits with would pile up */
        e = fiber_park(a, deadline_in(l, POLL_MS));
        if (e != NULL && e->code == ERR_TIMEOUT)
            e = NULL;
    }
    return e;
}

/* What is written one behind the other becomes one round. */
static err *gather(arena *a, loop *l) {
    err *e = fiber_park(a, deadline_in(l, GATHER_MS));
    return e != NULL && e->code == ERR_TIMEOUT ? NULL : e;
}

static err *follow(hook_dispatcher *d, arena *a, loop *l) {
    bell_ear ear;
    err *e = NULL;
    bell_listen(&ear, d->app->feed_bell, l);
    while (e == NULL && hook_dispatcher_is_needed(d->app)) {
        int64_t wait_ms = take_all(d, a) ? POLL_MS : RETRY_MS;
        e = bell_wait(a, &ear, deadline_in(l, wait_ms));
        if (e == NULL)
            e = gather(a, l);
    }
    bell_leave(&ear);
    return e;
}

static err *run(void *dispatcher) {
    hook_dispatcher *d = dispatcher;
    loop *l = d->fibers.loop;
    CLEANUP(arena_release) arena *a = arena_new();
    err *e = NULL;
    while (e == NULL) {
        e = wait_for_hooks(d, a, l);
        if (e == NULL)
            e = follow(d, a, l);
    }
    return NULL;
}

err *hook_dispatcher_start(hook_dispatcher *d, arena *a, loop *l) {
    d->fibers.loop = l;
    return fiber_start(a, &d->fibers, run, d);
}

void hook_dispatcher_drain(hook_dispatcher *d) {
    if (d->fibers.loop != NULL)
        fiber_group_cancel(&d->fibers);
}
