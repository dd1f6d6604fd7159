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

/* Of what @@softDelete takes along, nobody asked for the result. What depends
 * on something that is not done will never have its turn. */
enum { NOWHERE = -1, NEVER = -2 };

/* Those for the database, of all that were wanted. */
typedef struct several {
    const mutation **ready;
    mutation_result *made;
    size_t ready_count;
    size_t *places; /* of the ready ones, in wanted; or NOWHERE */
    size_t place_count;
    size_t *ready_of; /* of the wanted ones; NOWHERE: it is idle; or NEVER */
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

/* An insert has no other values than those that it was given. */
static bool is_known(const mutation *m, value_cell cell, value *out) {
    const query_column *column = &m->returning[cell.column];
    if (m->kind != MUTATION_INSERT || m->on_conflict != CONFLICT_FAIL ||
        m->turn != MUTATION_ALWAYS || cell.row >= m->row_count ||
        cell.column >= m->returning_count || column->derivation != NULL)
        return false;
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i] != column->field)
            continue;
        *out = m->values[cell.row * m->field_count + i];
        return out->kind != VALUE_DEFAULT;
    }
    return false;
}

typedef struct referring {
    const several *s;
    const mutation *m;
} referring;

/* What one that is wanted refers to, among those for the database. Who knows a
 * value already need not wait for it. */
static err *find_cell(const void *context, arena *a, value_cell cell,
                      value *out) {
    const referring *r = context;
    size_t at = r->s->ready_of[cell.mutation];
    if (at >= r->s->ready_count)
        return mutation_refuse_cell(a, r->m, cell);
    if (is_known(r->s->ready[at], cell, out))
        return NULL;
    cell.mutation = (uint32_t)at;
    *out = (value){.kind = VALUE_CELL, .cell = cell};
    return NULL;
}

/* One that is idle affects no row. */
static bool has_turn_for_sure(const several *s, mutation *m, bool *is_never) {
    size_t at = s->ready_of[m->turn_of];
    *is_never = at == (size_t)NEVER ||
                (at == (size_t)NOWHERE && m->turn == MUTATION_IF_SOME);
    m->turn_of = at;
    return at == (size_t)NOWHERE;
}

static err *find_references(const caller *c, const several *s, mutation *m,
                            bool *is_never) {
    referring r = {s, m};
    if (m->turn != MUTATION_ALWAYS && has_turn_for_sure(s, m, is_never))
        m->turn = MUTATION_ALWAYS;
    return m->refers_back && !*is_never
               ? mutation_replace_cells(c->arena, m, find_cell, &r)
               : NULL;
}

static err *prepare_all(const caller *c, const mutation *const *wanted,
                        several *s, size_t *failed_at) {
    s->ready_of = arena_new_array(c->arena, size_t, s->count);
    for (size_t i = 0; i < s->count; i++) {
        mutation_draft *d = arena_new_array(c->arena, mutation_draft, 1);
        bool is_idle_one;
        *d = mutation_draft_of(c, wanted[i]);
        *failed_at = i;
        s->results[i] = (mutation_result){0};
        TRY(mutation_draft_check(d));
        s->ready_of[i] = (size_t)NOWHERE;
        TRY(mutation_draft_prepare(d, &is_idle_one));
        bool is_never = false;
        if (!is_idle_one && UNLIKELY(mutation_waits(&d->mutation)))
            TRY(find_references(c, s, &d->mutation, &is_never));
        if (is_never)
            s->ready_of[i] = (size_t)NEVER;
        if (is_idle_one || is_never)
            continue;
        s->ready_of[i] = s->ready_count;
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
