#include "lua/script_source.h"

#include <lauxlib.h>
#include <stdatomic.h>

#include "lua/script_error.h"
#include "lua/script_row.h"
#include "lua/script_run.h"

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

static void call_for_rows(lua_State *L, script_run *run, size_t point) {
    size_t count = run->batch->row_count;
    for (run->row = 0; run->row < count; run->row++) {
        script_push_function(L, point);
        script_row_push_context(L);
        script_row_push_change(L, run->row);
        call(L, run, 2);
    }
}

static void call_for_batch(lua_State *L, script_run *run, size_t point) {
    size_t count = run->batch->row_count;
    run->row = 0;
    script_push_function(L, point);
    script_row_push_context(L);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        script_row_push_change(L, i);
        lua_rawseti(L, -2, (int)i + 1);
    }
    call(L, run, 2);
}

static void call_for_read(lua_State *L, script_run *run, size_t point) {
    script_push_function(L, point);
    script_row_push_context(L);
    call(L, run, 1);
}

static int call_points(lua_State *L) {
    script_run *run = lua_touserdata(L, 1);
    const hook_batch *b = run->batch;
    size_t count;
    const uint32_t *points =
        script_points(run->script, b->model, b->action, b->time, &count);
    for (size_t i = 0; i < count; i++) {
        run->point = &run->script->points[points[i]];
        if (b->action == HOOK_READ)
            call_for_read(L, run, points[i]);
        else if (run->point->is_batch)
            call_for_batch(L, run, points[i]);
        else
            call_for_rows(L, run, points[i]);
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
