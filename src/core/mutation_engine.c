#include "core/mutation_engine.h"

#include "base/assert.h"
#include "core/mutation_draft.h"
#include "core/soft_delete.h"
#include "core/validation_report.h"

static void note_position(const caller *c, const mutation_result *r) {
    if (c->seen != NULL && r->committed > *c->seen)
        *c->seen = r->committed;
}

/* The result is that of the first. */
static err *run_with_cascade(const caller *c, const mutation_draft *d,
                             mutation_result *out) {
    size_t more_count;
    size_t failed;
    const mutation *const *more =
        soft_delete_cascade(c, &d->mutation, &more_count);
    const mutation **all =
        arena_new_array(c->arena, const mutation *, more_count + 1);
    mutation_result *results =
        arena_new_array(c->arena, mutation_result, more_count + 1);
    all[0] = &d->mutation;
    for (size_t i = 0; i < more_count; i++)
        all[i + 1] = more[i];
    err *e = database_mutate_all(c->session, c->arena, all, more_count + 1,
                                 results, &failed);
    request_times_end(c->times, REQUEST_TRANSACTION);
    if (e != NULL && failed <= more_count)
        e = validation_report_explain(c->arena, all[failed]->model, e);
    if (e != NULL)
        return e;
    *out = results[0];
    note_position(c, out);
    return NULL;
}

err *mutation_engine_run(const caller *c, const mutation *wanted,
                         mutation_result *out) {
    mutation_draft d = mutation_draft_of(c, wanted);
    bool is_idle_one;
    *out = (mutation_result){0};
    request_times_end(c->times, REQUEST_PARSE);
    TRY(mutation_draft_check(&d));
    TRY(mutation_draft_prepare(&d, &is_idle_one));
    if (is_idle_one)
        return NULL;
    request_times_end(c->times, REQUEST_PLAN);
    if (UNLIKELY(d.mutation.is_soft_delete))
        return run_with_cascade(c, &d, out);
    err *e = database_mutate(c->session, c->arena, &d.mutation, out);
    request_times_end(c->times, REQUEST_TRANSACTION);
    TRY(validation_report_explain(c->arena, d.mutation.model, e));
    note_position(c, out);
    return NULL;
}

/* ---- Several ------------------------------------------------------------ */

/* Of what @@softDelete takes along, nobody asked for the result. */
enum { NOWHERE = -1 };

/* Those for the database, of all that were wanted. */
typedef struct several {
    const mutation **ready;
    mutation_result *made;
    size_t ready_count;
    size_t *places; /* of the ready ones, in wanted; or NOWHERE */
    size_t place_count;
    mutation_result *results;
    size_t count;
    const receipt *once; /* as it was given */
} several;

static void add_ready(const caller *c, several *s, const mutation *m,
                      size_t place) {
    ARENA_PUSH(c->arena, s->ready, s->ready_count, m);
    ARENA_PUSH(c->arena, s->places, s->place_count, place);
}

static void add_cascade(const caller *c, several *s, const mutation_draft *d) {
    size_t count;
    const mutation *const *more = soft_delete_cascade(c, &d->mutation, &count);
    for (size_t i = 0; i < count; i++)
        add_ready(c, s, more[i], (size_t)NOWHERE);
}

static err *prepare_all(const caller *c, const mutation *const *wanted,
                        several *s, size_t *failed_at) {
    for (size_t i = 0; i < s->count; i++) {
        mutation_draft *d = arena_new_array(c->arena, mutation_draft, 1);
        bool is_idle_one;
        *d = mutation_draft_of(c, wanted[i]);
        *failed_at = i;
        s->results[i] = (mutation_result){0};
        TRY(mutation_draft_check(d));
        TRY(mutation_draft_prepare(d, &is_idle_one));
        if (is_idle_one)
            continue;
        add_ready(c, s, &d->mutation, i);
        if (UNLIKELY(d->mutation.is_soft_delete))
            add_cascade(c, s, d);
    }
    *failed_at = s->count;
    return NULL;
}

static void spread(const several *s, const mutation_result *made) {
    for (size_t i = 0; i < s->ready_count; i++)
        if (s->places[i] != (size_t)NOWHERE)
            s->results[s->places[i]] = made[i];
}

static err *seal(void *context, arena *a, const mutation_result *made,
                 receipt_answer *out) {
    const several *s = context;
    spread(s, made);
    return s->once->seal(s->once->context, a, s->results, out);
}

/* Behind a seal of ours, which knows all results. */
static err *mutate_once(const caller *c, const several *s, receipt *once,
                        size_t *failed) {
    several known = *s;
    receipt outer = *once;
    receipt inner = outer;
    known.once = &outer;
    inner.seal = seal;
    inner.context = &known;
    err *e = database_mutate_once(c->session, c->arena, s->ready,
                                  s->ready_count, &inner, s->made, failed);
    once->is_repeat = inner.is_repeat;
    once->answer = inner.answer;
    return e;
}

/* What was taken along stands behind what took it. */
static size_t place_of(const several *s, size_t at) {
    while (s->places[at] == (size_t)NOWHERE)
        at--;
    return s->places[at];
}

static err *mutate_all(const caller *c, several *s, receipt *once,
                       size_t *failed_at) {
    size_t failed;
    s->made = arena_new_array(c->arena, mutation_result, s->ready_count);
    err *e = once != NULL
                 ? mutate_once(c, s, once, &failed)
                 : database_mutate_all(c->session, c->arena, s->ready,
                                       s->ready_count, s->made, &failed);
    if (e != NULL && failed < s->ready_count) {
        *failed_at = place_of(s, failed);
        e = validation_report_explain(c->arena, s->ready[failed]->model, e);
    }
    if (e != NULL)
        return e;
    spread(s, s->made);
    if (s->ready_count > 0)
        note_position(c, &s->made[0]); /* of the one transaction */
    return NULL;
}

static err *run_several(const caller *c, const mutation *const *wanted,
                        size_t count, receipt *once, mutation_result *results,
                        size_t *failed_at) {
    several s = {
        .results = results,
        .count = count,
    };
    request_times_end(c->times, REQUEST_PARSE);
    TRY(prepare_all(c, wanted, &s, failed_at));
    request_times_end(c->times, REQUEST_PLAN);
    if (s.ready_count > 0 || once != NULL)
        TRY(mutate_all(c, &s, once, failed_at));
    request_times_end(c->times, REQUEST_TRANSACTION);
    return NULL;
}

err *mutation_engine_run_all(const caller *c, const mutation *const *wanted,
                             size_t count, mutation_result *results,
                             size_t *failed_at) {
    for (size_t i = 0; i < count; i++)
        ASSERT(wanted[i]->kind != MUTATION_CALL);
    return run_several(c, wanted, count, NULL, results, failed_at);
}

err *mutation_engine_run_once(const caller *c, const mutation *const *wanted,
                              size_t count, receipt *once,
                              mutation_result *results, size_t *failed_at) {
    return run_several(c, wanted, count, once, results, failed_at);
}
