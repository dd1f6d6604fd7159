#include "database/sqlite/lite_session.h"

#include "base/assert.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_writer.h"

enum {
    SHAPE_MAX = 256 * 1024,
    CHECK_PATIENCE_MS = 1000,
};

static lite_session *of(database_session *s) {
    return CONTAINER_OF(s, lite_session, base);
}

/* ---- Jobs that are done ------------------------------------------------- */

void lite_session_deliver(lite_session *s, lite_job *first, lite_job *last) {
    lite_job *top = atomic_load_explicit(&s->done, memory_order_relaxed);
    do {
        last->next = top;
    } while (!atomic_compare_exchange_weak_explicit(
        &s->done, &top, first, memory_order_acq_rel, memory_order_relaxed));
    /* Whoever emptied the chain is done with the message: it may go again. */
    if (top == NULL)
        loop_post(s->readers.loop, &s->done_message);
}

static void wake_fibers(loop_message *message) {
    lite_session *s = CONTAINER_OF(message, lite_session, done_message);
    lite_job *job =
        atomic_exchange_explicit(&s->done, NULL, memory_order_acq_rel);
    while (job != NULL) {
        lite_job *next = job->next;
        job->is_done = true;
        fiber_unpark(job->fiber);
        job = next;
    }
}

/* ---- Life --------------------------------------------------------------- */

err *lite_session_open(arena *a, lite_database *d, loop *l,
                       database_session **out) {
    (void)a;
    arena *own = arena_new();
    lite_session *s = arena_new_array(own, lite_session, 1);
    s->base.engine = d->base.engine;
    s->database = d;
    s->arena = own;
    s->shape = buf_new(SHAPE_MAX);
    s->done_message.deliver = wake_fibers;
    lite_reader_pool_init(own, &s->readers, d, l);
    *out = &s->base;
    return NULL;
}

void lite_session_close(database_session *base) {
    lite_session *s = of(base);
    ASSERT(atomic_load(&s->done) == NULL);
    lite_reader_pool_close(&s->readers);
    buf_free(&s->shape);
    arena_free(s->arena);
}

/* ---- Writes ------------------------------------------------------------- */

/* Suspends. */
static err *run(lite_session *s, lite_job *job) {
    job->session = s;
    job->fiber = fiber_current();
    ASSERT(job->fiber != NULL);
    job->queued_ms = lite_now_ms();
    lite_writer_submit(s->database->writer, job);
    while (!job->is_done)
        fiber_park_until_woken();
    return job->failure;
}

static bool has_nothing_to_do(const mutation *m) {
    return m->kind == MUTATION_INSERT && m->row_count == 0;
}

static err *make_shape(lite_session *s, arena *a, const mutation *m, str *out) {
    TRY(lite_filter_check(a, &s->database->layout, m->where));
    buf_clear(&s->shape, SIZE_MAX);
    if (!has_nothing_to_do(m))
        mutation_write_shape(&s->shape, m, 0);
    if (s->shape.is_overflown)
        return err_new(a, ERR_TOO_LARGE, "the request is too large");
    *out = arena_copy(a, buf_str(&s->shape));
    return NULL;
}

err *lite_session_mutate(database_session *base, arena *a,
                         const mutation *const *mutations, size_t count,
                         receipt *once, mutation_result *results,
                         size_t *failed_at) {
    lite_session *s = of(base);
    lite_write *writes = arena_new_array(a, lite_write, count);
    bool is_idle = once == NULL;
    for (size_t i = 0; i < count; i++) {
        const mutation *m = mutations[i];
        results[i] = (mutation_result){0};
        writes[i] = (lite_write){.mutation = m, .result = &results[i]};
        is_idle &= has_nothing_to_do(m) && !m->must_be_one;
        *failed_at = i;
        TRY(make_shape(s, a, m, &writes[i].shape));
    }
    *failed_at = count;
    if (is_idle)
        return NULL;
    lite_job job = {
        .writes = writes,
        .count = count,
        .once = once,
        .arena = a,
        .failed_at = count,
        /* The other half is for the statements. */
        .patience_ms = s->database->statement_timeout_ms / 2,
    };
    err *e = run(s, &job);
    *failed_at = job.failed_at;
    return e;
}

err *lite_session_check(database_session *base, arena *a) {
    lite_job job = {
        .arena = a,
        .patience_ms = CHECK_PATIENCE_MS,
    };
    return run(of(base), &job);
}
