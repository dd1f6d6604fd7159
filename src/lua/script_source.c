#include "lua/script_source.h"

#include <lauxlib.h>
#include <stdatomic.h>

#include "core/job_schedule.h"
#include "lua/script_error.h"
#include "lua/script_job.h"
#include "lua/script_row.h"
#include "lua/script_run.h"

/* Of the memory of a script, what rows and texts may take that it reads and
 * writes: they are kept until the end of the write, or of the job. */
enum { HOOK_SHARE = 4, JOB_SHARE = 32 };

struct script_source {
    hook_source hooks; /* first: it is handed out */
    arena *arena;
    _Atomic(script *) now;
    script **before; /* that were replaced */
    size_t before_count;
};

/* ---- One run ------------------------------------------------------------- */

/* What remains of an error that no script has caught: an err of ours goes on as
 * such. */
static void call(lua_State *L, script_run *run, int arguments) {
    if (LIKELY(lua_pcall(L, arguments, 0, 0) == 0))
        return;
    run->failure = script_error_of(L, -1);
    lua_error(L);
}

static void call_for_rows(lua_State *L, script_run *run) {
    size_t count = run->batch->row_count;
    for (run->row = 0; run->row < count; run->row++) {
        script_push_function(L, run->point->function);
        script_row_push_context(L);
        script_row_push_change(L, run->row);
        call(L, run, 2);
    }
}

static void call_for_batch(lua_State *L, script_run *run) {
    size_t count = run->batch->row_count;
    run->row = 0;
    script_push_function(L, run->point->function);
    script_row_push_context(L);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        script_row_push_change(L, i);
        lua_rawseti(L, -2, (int)i + 1);
    }
    call(L, run, 2);
}

static void call_for_read(lua_State *L, script_run *run) {
    script_push_function(L, run->point->function);
    script_row_push_context(L);
    call(L, run, 1);
}

static int call_points(lua_State *L) {
    script_run *run = lua_touserdata(L, 1);
    const hook_batch *b = run->batch;
    size_t count;
    const uint32_t *points =
        script_points(run->script, b->model, b->action, b->time, &count);
    script_row_begin(L);
    for (size_t i = 0; i < count; i++) {
        run->point = &run->script->points[points[i]];
        if (b->action == HOOK_READ)
            call_for_read(L, run);
        else if (run->point->is_batch)
            call_for_batch(L, run);
        else
            call_for_rows(L, run);
    }
    script_row_settle(L);
    return 0;
}

/* What Lua says may show data, so it is the cause, which goes into the log; the
 * client learns the place. */
static err *explain(const caller *c, const script_run *run, err *e) {
    if (run->failure != NULL)
        return run->failure;
    str place = run->point->place;
    if (e->code == ERR_HOOK_LIMIT)
        return err_new(c->arena, e->code, "the hook at %.*s was stopped: %.*s",
                       STR_ARG(place), STR_ARG(e->message));
    return err_wrap(c->arena, e, "the hook at %.*s failed", STR_ARG(place));
}

static int64_t wait_of(const script *s) {
    return s->config.limits.time_ms;
}

static err *run_in(const caller *c, const script *s, hook_batch *batch,
                   sandbox *box) {
    size_t count;
    const uint32_t *points =
        script_points(s, batch->model, batch->action, batch->time, &count);
    script_run run = {
        .arena = c->arena,
        .script = s,
        .caller = c,
        .batch = batch,
        .point = &s->points[points[0]],
    };
    sandbox_begin(box);
    sandbox_watch(box, c->arena, s->config.limits.memory_bytes * HOOK_SHARE);
    sandbox_set_run(box, &run);
    err *e = sandbox_run(c->arena, box, call_points, &run);
    sandbox_set_run(box, NULL);
    return UNLIKELY(e != NULL) ? explain(c, &run, e) : NULL;
}

static const script_source *source_of(const hook_source *self) {
    return (const script_source *)(const void *)self;
}

static err *run(const hook_source *self, const caller *c, hook_batch *batch) {
    const script_source *from = source_of(self);
    script *s = atomic_load(&from->now);
    script_lease lease;
    size_t count;
    /* It may have been replaced since it was asked whether it has any. */
    if (script_points(s, batch->model, batch->action, batch->time, &count) ==
        NULL)
        return NULL;
    TRY(script_pool_take(c->arena, &s->pool, c->hook_depth == 0, wait_of(s),
                         &lease));
    err *failure = run_in(c, s, batch, lease.sandbox);
    script_pool_return(&s->pool, lease);
    return failure;
}

static bool has(const hook_source *self, const model *m, hook_action action,
                hook_time time) {
    const script_source *from = source_of(self);
    size_t count;
    return script_points(atomic_load(&from->now), m, action, time, &count) !=
           NULL;
}

/* ---- Jobs ---------------------------------------------------------------- */

typedef struct scripted_kind {
    job_kind kind; /* first: it is handed out */
    const script_source *source;
} scripted_kind;

/* A job has time to compute, in proportion. */
static void allow(sandbox *box, const script *s, const job_kind *kind) {
    const sandbox_limits *limits = &s->config.limits;
    int64_t time_ms =
        kind->time_limit_ms > 0 ? kind->time_limit_ms : JOB_TIME_LIMIT_MS;
    int64_t share = time_ms / limits->time_ms + 1;
    int64_t instructions;
    if (__builtin_mul_overflow(limits->instructions, share, &instructions))
        instructions = INT64_MAX;
    sandbox_allow(box, instructions, time_ms);
}

static err *run_job_in(const script *s, const script_job *declared, job_run *r,
                       sandbox *box) {
    arena *a = r->caller->arena;
    script_run run = {
        .arena = a,
        .script = s,
        .caller = r->caller,
        .declared = declared,
        .job = r,
    };
    sandbox_begin(box);
    sandbox_watch(box, a, s->config.limits.memory_bytes * JOB_SHARE);
    allow(box, s, r->kind);
    sandbox_set_run(box, &run);
    err *e = sandbox_run(a, box, script_job_call, &run);
    sandbox_set_run(box, NULL);
    return e;
}

/* The runner bounds how many run at once, so they wait for no turn, and hooks do
 * not wait for them. */
static err *run_job(const job_kind *self, job_run *r) {
    const scripted_kind *kind = (const scripted_kind *)(const void *)self;
    arena *a = r->caller->arena;
    script *s = atomic_load(&kind->source->now);
    const script_job *declared = script_find_job(s, self->name);
    script_lease lease;
    if (declared == NULL)
        return err_new(a, ERR_NOT_FOUND, "no file of %.*s declares the job",
                       STR_ARG(s->config.folder));
    TRY(script_pool_take(a, &s->pool, false, 0, &lease));
    err *failure = run_job_in(s, declared, r, lease.sandbox);
    script_pool_return(&s->pool, lease);
    return failure;
}

const job_kind *const *script_source_jobs(arena *a, script_source *s,
                                          size_t *count) {
    const script *now = atomic_load(&s->now);
    const job_kind **kinds =
        arena_new_array(a, const job_kind *, now->job_count);
    for (size_t i = 0; i < now->job_count; i++) {
        const script_job *job = &now->jobs[i];
        scripted_kind *made = arena_new_array(a, scripted_kind, 1);
        made->kind = (job_kind){
            .name = job->kind,
            .run = run_job,
            .max_attempts = job->max_attempts,
            .limit = job->limit,
            .limit_of_organization = job->limit_of_organization,
            .time_limit_ms = job->time_limit_ms,
        };
        made->source = s;
        kinds[i] = &made->kind;
    }
    *count = now->job_count;
    return kinds;
}

const job_schedule *const *script_source_schedules(arena *a,
                                                   const script_source *s,
                                                   size_t *count) {
    const script *now = atomic_load(&s->now);
    const job_schedule **list =
        arena_new_array(a, const job_schedule *, now->schedule_count);
    for (size_t i = 0; i < now->schedule_count; i++) {
        const script_schedule *from = &now->schedules[i];
        job_schedule *made = arena_new_array(a, job_schedule, 1);
        *made = (job_schedule){.name = from->name,
                               .kind = from->kind,
                               .payload = from->payload,
                               .cron = from->cron,
                               .time_zone = from->time_zone};
        list[i] = made;
    }
    *count = now->schedule_count;
    return list;
}

/* ---- The source ---------------------------------------------------------- */

script_source *script_source_new(arena *a, script *first) {
    script_source *s = arena_new_array(a, script_source, 1);
    /* Which columns it shows each hook says. */
    s->hooks = (hook_source){.has = has, .run = run, .sees_redacted = true};
    s->arena = a;
    atomic_init(&s->now, first);
    return s;
}

void script_source_free(script_source *s) {
    if (s == NULL)
        return;
    script_free(atomic_load(&s->now));
    for (size_t i = 0; i < s->before_count; i++)
        script_free(s->before[i]);
}

const hook_source *script_source_hooks(const script_source *s) {
    return &s->hooks;
}

void script_source_replace(script_source *s, script *next) {
    script *old = atomic_exchange(&s->now, next);
    ARENA_PUSH(s->arena, s->before, s->before_count, old);
    script_pool_close(&old->pool);
}

const script *script_source_now(const script_source *s) {
    return atomic_load(&s->now);
}
