/*
 * pg_write.c: writes.
 *
 * Mutations that come together are one transaction. When nothing in their
 * results decides whether they stay, they are sent together with the Sync that
 * commits them, in one trip, on a connection that others use as well. Else they
 * take a connection, look, and then commit or roll back.
 *
 * A write is not broken off: whoever sent it waits until it is known whether it
 * was committed. The server ends it at its statement time limit.
 */
#include "base/assert.h"
#include "database/postgres/pg_receipt.h"
#include "database/postgres/pg_verdict.h"
#include "database/postgres/pg_written.h"

/* Of all results, as libpq has them. */
enum { RESULT_MAX_MEMORY = 128 * 1024 * 1024 };

/* ---- Sending ------------------------------------------------------------ */

static err *send_part(pg_writing *w, pg_writing_part *p) {
    pg_session *s = w->session;
    pg_prepared_use use;
    buf_clear(&s->shape, SIZE_MAX);
    buf_append(&s->shape, p->shape);
    TRY(pg_session_statement(s, w->a, w->line->pipe, pg_writing_write_part, p,
                             &use));
    p->statement = use.statement != NULL ? use.statement->number : 0;
    pg_pipe_run(w->line->pipe, &use, &p->arguments, &p->ticket);
    return NULL;
}

static err *send_parts(pg_writing *w) {
    for (; w->sent < w->part_count; w->sent++)
        TRY(send_part(w, &w->parts[w->sent]));
    return NULL;
}

static void wait_for_end(pg_writing *w) {
    while (w->end.state == PG_WAITING)
        fiber_park_until_woken();
}

/* Where replicas will have what was committed. Without synchronous_commit that
 * is not flushed yet; what is inserted behind it may take its time. */
static const char POSITION[] =
    "SELECT CASE current_setting('synchronous_commit') WHEN 'off'"
    " THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END";

/* Asks for the position behind the Sync or the COMMIT, in the same trip, and
 * waits for both. */
static void end(pg_writing *w) {
    pg_session *s = w->session;
    if (s->replicas.count == 0) {
        wait_for_end(w);
        return;
    }
    pg_ticket position = {.fiber = fiber_current()};
    pg_session_run(s, w->line->pipe, POSITION, &position);
    pg_pipe_sync(w->line->pipe, NULL);
    wait_for_end(w);
    while (position.state == PG_WAITING)
        fiber_park_until_woken();
    bool is_told =
        position.state == PG_DONE &&
        commit_position_parse(str_of(s->pq->PQgetvalue(position.result, 0, 0)),
                              &w->committed);
    if (!is_told)
        w->committed = COMMIT_POSITION_UNKNOWN;
    s->pq->PQclear(position.result);
}

static void drop_results(pg_writing *w) {
    for (size_t i = 0; i < w->part_count; i++) {
        w->session->pq->PQclear(w->parts[i].ticket.result);
        w->parts[i].ticket.result = NULL;
    }
    w->session->pq->PQclear(w->end.result);
    w->end.result = NULL;
}

/* ---- Results ------------------------------------------------------------ */

static err *take_part(pg_writing *w, const pg_writing_part *p) {
    if (p->scope_part.scope != NULL) {
        if (p->scope_part.step == PG_SCOPE_AFTER)
            pg_scope_take(w->a, w->session->pq, p->ticket.result, w->scope);
        return NULL;
    }
    if (p->is_before)
        return NULL;
    pg_written written = {w->session->pq, &p->mutation, p->first_row,
                          p->ticket.result};
    return pg_written_add(w->a, &written, &w->result_bytes, &w->results[p->of]);
}

/* Of what has been answered since the last time. */
static err *take_results(pg_writing *w) {
    for (; w->taken < w->part_count; w->taken++) {
        pg_writing_part *p = &w->parts[w->taken];
        w->failed_at = p->of;
        TRY(take_part(w, p));
        w->session->pq->PQclear(p->ticket.result);
        p->ticket.result = NULL;
    }
    for (; w->checked < w->added; w->checked++) {
        w->failed_at = w->checked;
        if (!w->results[w->checked].is_skipped)
            TRY(mutation_check_result(w->a, w->mutations[w->checked],
                                      &w->results[w->checked]));
    }
    w->failed_at = w->count;
    return NULL;
}

/* Too late to write nothing of what cannot be handed back. */
static err *take_committed(pg_writing *w) {
    err *e = take_results(w);
    if (e == NULL || e->code != ERR_TOO_LARGE)
        return e;
    return err_with_hint(
        err_new(w->a, ERR_INTERNAL,
                "the rows were written, but are too many to hand back"),
        STR("use Prefer: return=minimal, and read them in pages"));
}

/* ---- In one trip -------------------------------------------------------- */

static pg_verdict send_at_once(pg_writing *w, err **out) {
    pg_pipe_part(w->line->pipe);
    *out = send_parts(w);
    /* What was sent of it must not be committed by the next one's Sync. */
    if (*out != NULL)
        pg_session_run(w->session, w->line->pipe, "ROLLBACK", NULL);
    w->end = (pg_ticket){.fiber = fiber_current()};
    pg_pipe_sync(w->line->pipe, &w->end);
    end(w);
    if (*out != NULL)
        return PG_VERDICT_FAILED;
    pg_verdict v = pg_verdict_of_parts(w, true, out);
    if (v == PG_VERDICT_DONE)
        v = pg_verdict_of_end(w, out);
    if (v == PG_VERDICT_DONE)
        *out = take_committed(w);
    return v;
}

/* ---- In two ------------------------------------------------------------- */

static void roll_back(pg_writing *w) {
    if (pg_pipe_is_lost(w->line->pipe))
        return;
    pg_session_run(w->session, w->line->pipe, "ROLLBACK", NULL);
    if (w->once == NULL) {
        pg_pipe_sync(w->line->pipe, NULL);
        return;
    }
    /* Who tries again at once must not find the key taken. */
    pg_ticket gone = {.fiber = fiber_current()};
    pg_pipe_sync(w->line->pipe, &gone);
    while (gone.state == PG_WAITING)
        fiber_park_until_woken();
    w->session->pq->PQclear(gone.result);
}

/* A failure skips the COMMIT that stands behind it. */
static pg_verdict judge_receipt(pg_writing *w, pg_ticket *kept, err **out) {
    pg_verdict v = PG_VERDICT_DONE;
    if (kept->state == PG_FAILED) {
        v = pg_verdict_of_error(w, kept->result, NULL, out);
        roll_back(w);
    }
    w->session->pq->PQclear(kept->result);
    return v;
}

static pg_verdict commit(pg_writing *w, err **out) {
    pg_ticket kept = {0};
    if (w->once != NULL)
        pg_receipt_keep(w->session, w->a, w->line->pipe, w->once, &kept);
    w->end = (pg_ticket){.fiber = fiber_current(), .is_commit = true};
    pg_session_run(w->session, w->line->pipe, "COMMIT", &w->end);
    pg_pipe_sync(w->line->pipe, NULL);
    end(w);
    pg_verdict v = judge_receipt(w, &kept, out);
    return v == PG_VERDICT_DONE ? pg_verdict_of_end(w, out) : v;
}

static void sync_and_wait(pg_writing *w) {
    w->end = (pg_ticket){.fiber = fiber_current()};
    pg_pipe_sync(w->line->pipe, &w->end);
    wait_for_end(w);
}

static err *check_time(const pg_writing *w) {
    return loop_now(w->session->loop) < w->until.at_ms
               ? NULL
               : err_new(w->a, ERR_TIMEOUT,
                         "canceling statement due to statement timeout");
}

/* Of the parts that were answered since `first`. False: one has failed. */
static bool add_sizes(const pg_writing *w, size_t first, size_t *bytes) {
    const pg_library *pq = w->session->pq;
    for (size_t i = first; i < w->sent; i++) {
        const pg_ticket *t = &w->parts[i].ticket;
        if (t->state != PG_DONE)
            return false;
        *bytes += pq->PQresultMemorySize(t->result);
    }
    return true;
}

/* Results are in memory until all of them are there, so where they may be many
 * some are awaited before the next are sent. Ends early when one has failed. */
static err *send_in_steps(pg_writing *w) {
    size_t bytes = 0;
    while (w->sent < w->part_count) {
        size_t first = w->sent;
        size_t weight = 0;
        for (; w->sent < w->part_count && weight < PG_WRITING_STEP; w->sent++) {
            pg_writing_part *p = &w->parts[w->sent];
            w->failed_at = p->of;
            TRY(check_time(w));
            TRY(send_part(w, p));
            if (p->scope_part.scope == NULL)
                weight += pg_writing_weight(&p->mutation);
        }
        sync_and_wait(w);
        if (!add_sizes(w, first, &bytes))
            return NULL;
        if (bytes > RESULT_MAX_MEMORY)
            return err_new(w->a, ERR_TOO_LARGE,
                           "the written rows are too many to hand back");
    }
    return NULL;
}

static pg_verdict run_stage(pg_writing *w, err **out) {
    *out = w->is_stepwise ? send_in_steps(w) : send_parts(w);
    if (!w->is_stepwise || *out != NULL) /* tickets are waited for */
        sync_and_wait(w);
    if (*out != NULL)
        return PG_VERDICT_FAILED;
    pg_verdict v = pg_verdict_of_parts(w, false, out);
    if (v == PG_VERDICT_DONE)
        *out = take_results(w);
    return *out != NULL ? PG_VERDICT_FAILED : v;
}

/* Each is a trip. */
static pg_verdict run_stages(pg_writing *w, err **out) {
    pg_verdict v = run_stage(w, out);
    while (v == PG_VERDICT_DONE && w->added < w->count) {
        *out = check_time(w);
        if (*out == NULL)
            *out = pg_writing_add_stage(w);
        v = *out != NULL ? PG_VERDICT_FAILED : run_stage(w, out);
    }
    return v;
}

static pg_verdict look_and_decide(pg_writing *w, err **out) {
    pg_verdict v = run_stages(w, out);
    if (v == PG_VERDICT_DONE && w->once != NULL)
        *out = receipt_make(w->a, w->once, w->results);
    if (*out != NULL)
        v = PG_VERDICT_FAILED;
    if (v == PG_VERDICT_DONE && !w->is_undone)
        return commit(w, out);
    roll_back(w);
    return v;
}

/* The key first: who repeats a request writes nothing. Where on replicas what
 * was written before is, nobody remembers. */
static pg_verdict claim(pg_writing *w, err **out) {
    pg_ticket failed = {.state = PG_DONE};
    pg_verdict v = PG_VERDICT_DONE;
    w->failed_at = w->count;
    *out = pg_receipt_claim(w->session, w->a, w->line->pipe, w->once, &failed);
    if (failed.state == PG_FAILED)
        v = pg_verdict_of_error(w, failed.result, NULL, out);
    else if (failed.state != PG_DONE)
        v = pg_verdict_of_loss(w, &failed, false, out);
    w->session->pq->PQclear(failed.result);
    if (w->once->is_repeat && w->session->replicas.count > 0)
        w->committed = COMMIT_POSITION_UNKNOWN;
    if (*out == NULL)
        return v;
    *out = pg_receipt_explain(w->a, *out);
    return PG_VERDICT_FAILED;
}

static pg_verdict send_and_look(pg_writing *w, err **out) {
    pg_pipe_part(w->line->pipe);
    pg_session_run(w->session, w->line->pipe, "BEGIN", NULL);
    pg_verdict claimed = w->once != NULL ? claim(w, out) : PG_VERDICT_DONE;
    bool is_repeat = w->once != NULL && w->once->is_repeat;
    if (claimed != PG_VERDICT_DONE || is_repeat) {
        roll_back(w);
        return claimed;
    }
    return look_and_decide(w, out);
}

/* ---- A write ------------------------------------------------------------ */

static int64_t time_limit_ms(const pg_writing *w) {
    int64_t own_ms = w->count > 0 ? w->mutations[0]->time_limit_ms : 0;
    return own_ms > 0 ? own_ms
                      : w->session->database->login.statement_timeout_ms;
}

static pg_verdict try_once(pg_writing *w, err **out) {
    pg_session *s = w->session;
    pg_use use = w->must_look ? PG_ALONE : PG_SHARED;
    pg_writing_begin_try(w);
    w->until = deadline_in(s->loop, time_limit_ms(w));
    *out = pg_pool_take(&s->writers, w->a, use, w->until, &w->line);
    if (*out != NULL)
        return PG_VERDICT_FAILED;
    pg_verdict v = w->must_look ? send_and_look(w, out) : send_at_once(w, out);
    if (w->must_look)
        pg_pool_give(&s->writers, w->line);
    drop_results(w);
    return v;
}

static err *run(pg_writing *w) {
    err *e = NULL;
    pg_verdict v = try_once(w, &e);
    while (v == PG_VERDICT_AGAIN) {
        if (w->tries > 0)
            pg_session_back_off(w->session, w->a, w->tries);
        v = try_once(w, &e);
    }
    return e;
}

static bool has_nothing_to_do(const mutation *m) {
    return m->kind == MUTATION_INSERT && m->row_count == 0;
}

err *pg_write_run(database_session *base, arena *a,
                  const mutation *const *mutations, size_t count, receipt *once,
                  mutation_result *results, size_t *failed_at) {
    pg_writing w = {
        .session = CONTAINER_OF(base, pg_session, base),
        .a = a,
        .mutations = mutations,
        .results = results,
        .count = count,
        .once = once,
        .scope = count > 0 ? mutations[0]->scope : NULL,
    };
    bool is_idle = once == NULL;
    for (size_t i = 0; i < count; i++) {
        results[i] = (mutation_result){0};
        is_idle &=
            has_nothing_to_do(mutations[i]) && !mutations[i]->must_be_one;
    }
    *failed_at = count;
    if (is_idle)
        return NULL;
    err *e = pg_writing_begin(&w);
    if (e == NULL)
        e = run(&w);
    *failed_at = w.failed_at;
    for (size_t i = 0; e != NULL && i < count; i++)
        results[i] = (mutation_result){0};
    for (size_t i = 0; e == NULL && i < count; i++)
        results[i].committed = w.is_undone ? 0 : w.committed;
    return e;
}
