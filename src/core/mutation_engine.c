#include "core/mutation_engine.h"

#include "base/assert.h"
#include "core/hooked_mutation.h"
#include "core/mutation_draft.h"
#include "core/mutation_set.h"
#include "core/referential_plan.h"
#include "core/soft_delete_tie.h"
#include "core/validation_report.h"
#include "core/write_rate.h"

static void note_position(const caller *c, const mutation_result *r) {
    if (c->seen != NULL && r->committed > *c->seen)
        *c->seen = r->committed;
}

/* For who carries on from the feed. Changes to our own tables leave no event. */
static void ring_for(const caller *c, const mutation *m) {
    if (UNLIKELY(c->app->feed_bell != NULL) && !m->model->is_system)
        bell_ring(c->app->feed_bell);
}

/* ---- Several ------------------------------------------------------------ */

typedef struct several {
    mutation_set set;
    mutation_result *made;
    mutation_result *results;
    bool is_stale;       /* rows were not as hooks saw them */
    const receipt *once; /* as it was given */
} several;

static several several_of(const caller *c, const mutation *const *wanted,
                          size_t count, mutation_result *results) {
    for (size_t i = 0; i < count; i++)
        results[i] = (mutation_result){0};
    return (several){.set = {.caller = c, .wanted = wanted, .count = count},
                     .results = results};
}

static err *seal(void *context, arena *a, const mutation_result *made,
                 receipt_answer *out) {
    const several *s = context;
    mutation_set_spread(&s->set, a, made, s->results);
    return s->once->seal(s->once->context, a, s->results, out);
}

/* Behind a seal of ours, which knows all results. */
static err *mutate_once(const several *s, const mutation *const *mutations,
                        receipt *once, size_t *failed) {
    const caller *c = s->set.caller;
    several known = *s;
    receipt outer = *once;
    receipt inner = outer;
    known.once = &outer;
    inner.seal = seal;
    inner.context = &known;
    err *e = database_mutate_once(c->session, c->arena, mutations,
                                  s->set.ready_count, &inner, s->made, failed);
    once->is_repeat = inner.is_repeat;
    once->answer = inner.answer;
    return e;
}

static err *explain(several *s, const mutation_ready *r, err *e) {
    s->is_stale = (r->is_hooked || r->is_action) && e->code == ERR_CONFLICT;
    return validation_report_explain(s->set.caller->arena, r->m->model, e);
}

static const mutation **list(const mutation_set *set, write_load *load) {
    const mutation **mutations =
        arena_new_array(set->caller->arena, const mutation *, set->ready_count);
    for (size_t i = 0; i < set->ready_count; i++) {
        mutations[i] = set->ready[i].m;
        write_load_add(load, mutations[i]);
    }
    return mutations;
}

static err *limit_time(const caller *c, const write_load *load,
                       const mutation **first) {
    int64_t limit_ms;
    TRY(write_rate_check(c, load, &limit_ms));
    if (limit_ms == 0)
        return NULL;
    mutation *limited = arena_new_array(c->arena, mutation, 1);
    *limited = **first;
    limited->time_limit_ms = limit_ms;
    *first = limited;
    return NULL;
}

static err *mutate(several *s, const mutation *const *mutations, receipt *once,
                   size_t *failed) {
    const caller *c = s->set.caller;
    return once != NULL
               ? mutate_once(s, mutations, once, failed)
               : database_mutate_all(c->session, c->arena, mutations,
                                     s->set.ready_count, s->made, failed);
}

static err *mutate_all(several *s, receipt *once, size_t *failed_at) {
    const mutation_set *set = &s->set;
    const caller *c = set->caller;
    size_t failed;
    write_load load = {0};
    const mutation **mutations = list(set, &load);
    bool is_much = load.total >= WRITE_RATE_ROWS && c->app->write_rate != NULL;
    if (is_much)
        TRY(limit_time(c, &load, mutations));
    s->made = arena_new_array(c->arena, mutation_result, set->ready_count);
    int64_t began_us = is_much ? clock_monotonic_us(NULL) : 0;
    err *e = mutate(s, mutations, once, &failed);
    bool is_repeat = once != NULL && once->is_repeat; /* nothing was written */
    if (is_much && e == NULL && !is_repeat)
        write_rate_learn(c->app->write_rate, &load,
                         clock_monotonic_us(NULL) - began_us);
    if (e != NULL && failed < set->ready_count) {
        *failed_at = set->ready[failed].place;
        e = explain(s, &set->ready[failed], e);
    }
    if (e != NULL)
        return e;
    mutation_set_spread(set, c->arena, s->made, s->results);
    if (set->ready_count > 0)
        note_position(c, &s->made[0]); /* of the one transaction */
    for (size_t i = 0; i < set->ready_count; i++)
        ring_for(c, mutations[i]);
    return NULL;
}

static err *try_once(several *s, receipt *once, size_t *failed_at) {
    const caller *c = s->set.caller;
    s->is_stale = false;
    TRY(mutation_set_prepare(&s->set, failed_at));
    request_times_end(c->times, REQUEST_PLAN);
    if (s->set.ready_count > 0 || once != NULL)
        TRY(mutate_all(s, once, failed_at));
    request_times_end(c->times, REQUEST_TRANSACTION);
    return NULL;
}

/* With hooks it is begun anew when the rows are not what they saw. */
static err *run_several(several *s, receipt *once, size_t *failed_at) {
    const caller *c = s->set.caller;
    request_times_end(c->times, REQUEST_PARSE);
    err *e = try_once(s, once, failed_at);
    for (int tries = 1; s->is_stale && tries < HOOK_MAX_TRIES; tries++)
        e = try_once(s, once, failed_at);
    return s->is_stale
               ? hooked_mutation_refuse(c->arena,
                                        s->set.wanted[*failed_at]->model,
                                        s->set.count == 1)
               : e;
}

err *mutation_engine_run(const caller *c, const mutation *wanted,
                         mutation_result *out) {
    if (UNLIKELY(wanted->row_count >= WRITE_RATE_ROWS) ||
        hooked_mutation_is(c, wanted) || referential_plan_is_for(c, wanted) ||
        soft_delete_tie_is(wanted)) {
        size_t failed_at;
        several s = several_of(c, &wanted, 1, out);
        return run_several(&s, NULL, &failed_at);
    }
    mutation_draft d = mutation_draft_of(c, wanted);
    bool is_idle_one;
    *out = (mutation_result){0};
    request_times_end(c->times, REQUEST_PARSE);
    TRY(mutation_draft_check(&d));
    TRY(mutation_draft_prepare(&d, &is_idle_one));
    if (is_idle_one)
        return NULL;
    request_times_end(c->times, REQUEST_PLAN);
    err *e = database_mutate(c->session, c->arena, &d.mutation, out);
    request_times_end(c->times, REQUEST_TRANSACTION);
    TRY(validation_report_explain(c->arena, d.mutation.model, e));
    note_position(c, out);
    ring_for(c, &d.mutation);
    return NULL;
}

err *mutation_engine_run_all(const caller *c, const mutation *const *wanted,
                             size_t count, mutation_result *results,
                             size_t *failed_at) {
    several s = several_of(c, wanted, count, results);
    for (size_t i = 0; i < count; i++)
        ASSERT(wanted[i]->kind != MUTATION_CALL);
    return run_several(&s, NULL, failed_at);
}

/* ---- Once --------------------------------------------------------------- */

static bool has_hooked(const mutation_set *s) {
    for (size_t i = 0; i < s->count; i++) {
        if (hooked_mutation_is(s->caller, s->wanted[i]))
            return true;
    }
    return false;
}

static err *refuse_to_seal(void *context, arena *a,
                           const mutation_result *results,
                           receipt_answer *out) {
    bool *is_new = context;
    *is_new = true;
    (void)results;
    (void)out;
    return err_new(a, ERR_CANCELLED, "there is no answer for the key");
}

/* Whoever repeats a request is answered before hooks run for it once more. */
static err *find_answer(const caller *c, receipt *once) {
    bool is_new = false;
    size_t failed;
    receipt asked = *once;
    asked.seal = refuse_to_seal;
    asked.context = &is_new;
    err *e = database_mutate_once(c->session, c->arena, NULL, 0, &asked, NULL,
                                  &failed);
    once->is_repeat = asked.is_repeat;
    once->answer = asked.answer;
    return is_new ? NULL : e;
}

err *mutation_engine_run_once(const caller *c, const mutation *const *wanted,
                              size_t count, receipt *once,
                              mutation_result *results, size_t *failed_at) {
    several s = several_of(c, wanted, count, results);
    *failed_at = count;
    if (has_hooked(&s.set)) {
        TRY(find_answer(c, once));
        if (once->is_repeat)
            return NULL;
    }
    return run_several(&s, once, failed_at);
}
