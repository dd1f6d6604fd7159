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
#include "database/postgres/pg_call.h"
#include "database/postgres/pg_change.h"
#include "database/postgres/pg_receipt.h"
#include "database/postgres/pg_scope.h"
#include "database/postgres/pg_session.h"
#include "database/postgres/pg_violation.h"
#include "database/postgres/pg_written.h"
#include "database/shape.h"
#include "database/sql.h"
#include "database/state_trigger.h"
#include "schema/function.h"

enum {
    MAX_TRIES = 4,    /* deadlocks and serialization failures */
    MAX_RENEWALS = 4, /* statements that are not what they were */
    /* Of all results, as libpq has them. */
    RESULT_MAX_MEMORY = 128 * 1024 * 1024,
};

/* One statement: a mutation, the rows of an insert that leave the same cells to
 * the database, or a statement of a function. */
typedef struct part {
    mutation mutation;
    bool is_before; /* it is a statement of a function, not its last */
    pg_scope_part scope_part; /* its scope NULL: it is none of these */
    size_t statement_of_call;
    size_t of;        /* which mutation */
    size_t first_row; /* of the mutation */
    str shape;
    pg_arguments arguments;
    uint64_t statement; /* its number */
    pg_ticket ticket;
} part;

typedef struct writing {
    pg_session *session;
    arena *a;
    const mutation *const *mutations;
    mutation_result *results;
    size_t count;
    database_scope *scope; /* or NULL */
    receipt *once;         /* or NULL */
    size_t failed_at;
    part *parts;
    size_t part_count;
    bool must_look; /* the results decide whether it stays */
    bool is_undone;
    bool is_stepwise; /* several hand rows back */

    pg_line *line;
    pg_ticket end;             /* of the Sync or the COMMIT */
    commit_position committed; /* where, with replicas */
    size_t result_bytes;
    int tries;
    int losses;
    int renewals;
} writing;

/* ---- Parts -------------------------------------------------------------- */

static err *add_part(writing *w, size_t of, mutation m, size_t first_row) {
    part p = {.mutation = m, .of = of, .first_row = first_row};
    buf *shape = &w->session->shape;
    buf_clear(shape, SIZE_MAX);
    buf_append_char(shape, 'm');
    pg_scope_write_generation(shape, w->scope);
    pg_change_write_shape(shape, &m);
    if (shape->is_overflown)
        return err_new(w->a, ERR_TOO_LARGE, "the request is too large");
    p.shape = arena_copy(w->a, buf_str(shape));
    TRY(pg_change_bind(w->a, &p.arguments, &m));
    TRY(pg_session_check_arguments(w->a, &p.arguments));
    ARENA_PUSH(w->a, w->parts, w->part_count, p);
    return NULL;
}

/* A function's statements but the last, whose rows are the result. */
static err *add_statements(writing *w, size_t of) {
    const mutation *m = w->mutations[of];
    size_t count = m->call->function->statement_count;
    for (size_t i = 0; i + 1 < count; i++) {
        part p = {.mutation = *m,
                  .of = of,
                  .is_before = true,
                  .statement_of_call = i};
        buf *shape = &w->session->shape;
        buf_clear(shape, SIZE_MAX);
        buf_append_char(shape, 'f');
        shape_put(shape, m->call->function->index);
        shape_put(shape, i);
        p.shape = arena_copy(w->a, buf_str(shape));
        TRY(pg_call_bind(w->a, &p.arguments, m->call, i));
        TRY(pg_session_check_arguments(w->a, &p.arguments));
        ARENA_PUSH(w->a, w->parts, w->part_count, p);
    }
    return NULL;
}

static err *add_mutation(writing *w, size_t of) {
    const mutation *m = w->mutations[of];
    if (m->kind == MUTATION_CALL)
        TRY(add_statements(w, of));
    if (m->kind != MUTATION_INSERT)
        return add_part(w, of, *m, 0);
    for (size_t first = 0; first < m->row_count;) {
        mutation rows = pg_change_part(m, first);
        TRY(add_part(w, of, rows, first));
        first += rows.row_count;
    }
    return NULL;
}

/* A statement of a scope. */
static void add_scope(writing *w, const database_scope *scope,
                      pg_scope_step step) {
    part p = {.of = w->count, .scope_part = {scope, step}};
    if (!pg_scope_has(scope, step))
        return;
    buf *shape = &w->session->shape;
    buf_clear(shape, SIZE_MAX);
    pg_scope_write_shape(shape, &p.scope_part);
    p.shape = arena_copy(w->a, buf_str(shape));
    pg_scope_bind(w->a, &p.arguments, &p.scope_part);
    ARENA_PUSH(w->a, w->parts, w->part_count, p);
}

/* For the triggers that record what changes (pg_guard.h). */
static void add_origin(writing *w) {
    const change_origin *origin = w->count > 0 ? w->mutations[0]->origin : NULL;
    if (origin == NULL)
        return;
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    origin_write(&text, origin);
    scope_setting *settings = arena_new_array(w->a, scope_setting, 2);
    database_scope *scope = arena_new_array(w->a, database_scope, 1);
    settings[0] =
        (scope_setting){STR("tenon.origin"), arena_copy(w->a, buf_str(&text))};
    settings[1] = (scope_setting){STR("tenon.events"), STR("off")};
    scope->settings = settings;
    scope->setting_count = w->session->database->has_no_events ? 2 : 1;
    add_scope(w, scope, PG_SCOPE_SET);
}

static bool decides(const mutation *m) {
    return m->judge != NULL || m->max_rows != MUTATION_ANY_COUNT ||
           m->must_be_one || m->expected != NULL || m->is_rolled_back;
}

static size_t hand_rows_back(const writing *w) {
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        count += mutation_cell_count(w->mutations[i]) > 0;
    return count;
}

static err *add_all(writing *w) {
    w->must_look = w->once != NULL;
    add_origin(w);
    add_scope(w, w->scope, PG_SCOPE_SET);
    add_scope(w, w->scope, PG_SCOPE_BEFORE);
    for (size_t i = 0; i < w->count; i++) {
        w->failed_at = i;
        TRY(add_mutation(w, i));
        w->must_look |= decides(w->mutations[i]);
        w->is_undone |= w->mutations[i]->is_rolled_back;
    }
    add_scope(w, w->scope, PG_SCOPE_AFTER);
    w->is_stepwise = hand_rows_back(w) > 1;
    w->must_look |= w->is_stepwise;
    w->failed_at = w->count;
    return NULL;
}

/* ---- Sending ------------------------------------------------------------ */

static void write_part(buf *out, const void *tree) {
    const part *p = tree;
    if (p->scope_part.scope != NULL)
        pg_scope_write(out, &p->scope_part);
    else if (p->is_before)
        pg_call_write(out, p->mutation.call, p->statement_of_call);
    else
        pg_change_write(out, &p->mutation);
}

static err *send_part(writing *w, part *p) {
    pg_session *s = w->session;
    pg_prepared_use use;
    buf_clear(&s->shape, SIZE_MAX);
    buf_append(&s->shape, p->shape);
    TRY(pg_session_statement(s, w->a, w->line->pipe, write_part, p, &use));
    p->statement = use.statement != NULL ? use.statement->number : 0;
    pg_pipe_run(w->line->pipe, &use, &p->arguments, &p->ticket);
    return NULL;
}

static void forget_tickets(writing *w) {
    for (size_t i = 0; i < w->part_count; i++)
        w->parts[i].ticket = (pg_ticket){0};
}

static err *send_parts(writing *w) {
    forget_tickets(w);
    for (size_t i = 0; i < w->part_count; i++)
        TRY(send_part(w, &w->parts[i]));
    return NULL;
}

static void wait_for_end(writing *w) {
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
static void end(writing *w) {
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

static void drop_results(writing *w) {
    for (size_t i = 0; i < w->part_count; i++) {
        w->session->pq->PQclear(w->parts[i].ticket.result);
        w->parts[i].ticket.result = NULL;
    }
    w->session->pq->PQclear(w->end.result);
    w->end.result = NULL;
}

/* ---- What went wrong ---------------------------------------------------- */

static err *unknown_outcome(arena *a) {
    return err_new(a, ERR_IO,
                   "the connection to the database was lost during the commit:"
                   " whether the change was written is not known");
}

/* The part that failed, or NULL: then it is the end, or nothing. */
static part *find_failed(writing *w) {
    for (size_t i = 0; i < w->part_count; i++)
        if (w->parts[i].ticket.state != PG_DONE)
            return &w->parts[i];
    return NULL;
}

typedef enum verdict { VERDICT_DONE, VERDICT_FAILED, VERDICT_AGAIN } verdict;

/* The server has undone the transaction. */
static verdict judge_error(writing *w, const PGresult *r, const part *p,
                           err **out) {
    pg_session *s = w->session;
    bool is_stale = p != NULL && pg_session_is_stale(s, r);
    if ((is_stale || pg_session_is_reset(s, r)) &&
        w->renewals++ < MAX_RENEWALS) {
        if (is_stale)
            pg_pool_forget(w->line, p->statement);
        return VERDICT_AGAIN;
    }
    if (pg_session_is_conflict(s, r) && ++w->tries < MAX_TRIES)
        return VERDICT_AGAIN;
    *out = pg_session_error(s, w->a, r);
    const char *constraint =
        s->pq->PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
    bool is_of_rows = p != NULL && p->mutation.model != NULL;
    if (is_of_rows && state_trigger_is(str_of(constraint))) {
        str column = str_of(s->pq->PQresultErrorField(r, PG_DIAG_COLUMN_NAME));
        *out = pg_violation_of_states(w->a, &p->mutation, column, *out);
        return VERDICT_FAILED;
    }
    if (!pg_violation_may_tell(s->database->schema,
                               p != NULL ? &p->mutation : NULL, *out,
                               str_of(constraint)))
        (*out)->details = (str){0};
    return VERDICT_FAILED;
}

/* may_be_done: the server may have committed what it did not answer. */
static verdict judge_loss(writing *w, const pg_ticket *t, bool may_be_done,
                          err **out) {
    if (may_be_done && !t->is_untouched) {
        *out = unknown_outcome(w->a);
        return VERDICT_FAILED;
    }
    if (w->losses++ == 0)
        return VERDICT_AGAIN;
    *out = err_new(w->a, ERR_UNAVAILABLE,
                   "Database client error. Retrying the connection.");
    return VERDICT_FAILED;
}

/* Of statements whose Sync, if it commits them, was sent with them. */
static verdict judge_parts(writing *w, bool may_be_done, err **out) {
    const part *failed = find_failed(w);
    if (failed == NULL)
        return VERDICT_DONE;
    w->failed_at = failed->of;
    if (failed->ticket.state == PG_FAILED)
        return judge_error(w, failed->ticket.result, failed, out);
    w->failed_at = w->count;
    /* Skipped, and yet the first: the connection is not in the state that it
     * should be in. */
    bool is_lost = failed->ticket.state != PG_SKIPPED;
    if (!is_lost)
        pg_pool_break(w->line, "a statement was skipped");
    return judge_loss(w, &failed->ticket, may_be_done && is_lost, out);
}

static verdict judge_end(writing *w, err **out) {
    w->failed_at = w->count;
    if (w->end.state == PG_DONE)
        return VERDICT_DONE;
    if (w->end.state == PG_FAILED)
        return judge_error(w, w->end.result, NULL, out);
    return judge_loss(w, &w->end, true, out);
}

/* ---- Results ------------------------------------------------------------ */

static err *take_part(writing *w, const part *p) {
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

static err *take_results(writing *w) {
    w->result_bytes = 0;
    for (size_t i = 0; i < w->count; i++)
        w->results[i] = (mutation_result){0};
    for (size_t i = 0; i < w->part_count; i++) {
        w->failed_at = w->parts[i].of;
        TRY(take_part(w, &w->parts[i]));
    }
    for (size_t i = 0; i < w->count; i++) {
        w->failed_at = i;
        TRY(mutation_check_result(w->a, w->mutations[i], &w->results[i]));
    }
    w->failed_at = w->count;
    return NULL;
}

/* Too late to write nothing of what cannot be handed back. */
static err *take_committed(writing *w) {
    err *e = take_results(w);
    if (e == NULL || e->code != ERR_TOO_LARGE)
        return e;
    return err_with_hint(
        err_new(w->a, ERR_INTERNAL,
                "the rows were written, but are too many to hand back"),
        STR("use Prefer: return=minimal, and read them in pages"));
}

/* ---- In one trip -------------------------------------------------------- */

static verdict send_at_once(writing *w, err **out) {
    pg_pipe_part(w->line->pipe);
    *out = send_parts(w);
    /* What was sent of it must not be committed by the next one's Sync. */
    if (*out != NULL)
        pg_session_run(w->session, w->line->pipe, "ROLLBACK", NULL);
    w->end = (pg_ticket){.fiber = fiber_current()};
    pg_pipe_sync(w->line->pipe, &w->end);
    end(w);
    if (*out != NULL)
        return VERDICT_FAILED;
    verdict v = judge_parts(w, true, out);
    if (v == VERDICT_DONE)
        v = judge_end(w, out);
    if (v == VERDICT_DONE)
        *out = take_committed(w);
    return v;
}

/* ---- In two ------------------------------------------------------------- */

static void roll_back(writing *w) {
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
static verdict judge_receipt(writing *w, pg_ticket *kept, err **out) {
    verdict v = VERDICT_DONE;
    if (kept->state == PG_FAILED) {
        v = judge_error(w, kept->result, NULL, out);
        roll_back(w);
    }
    w->session->pq->PQclear(kept->result);
    return v;
}

static verdict commit(writing *w, err **out) {
    pg_ticket kept = {0};
    if (w->once != NULL)
        pg_receipt_keep(w->session, w->a, w->line->pipe, w->once, &kept);
    w->end = (pg_ticket){.fiber = fiber_current(), .is_commit = true};
    pg_session_run(w->session, w->line->pipe, "COMMIT", &w->end);
    pg_pipe_sync(w->line->pipe, NULL);
    end(w);
    verdict v = judge_receipt(w, &kept, out);
    return v == VERDICT_DONE ? judge_end(w, out) : v;
}

static verdict look_and_decide(writing *w, err **out) {
    verdict v = judge_parts(w, false, out);
    if (v != VERDICT_DONE) {
        roll_back(w);
        return v;
    }
    *out = take_results(w);
    if (*out == NULL && w->once != NULL)
        *out = receipt_make(w->a, w->once, w->results);
    if (*out != NULL || w->is_undone) {
        roll_back(w);
        return *out != NULL ? VERDICT_FAILED : VERDICT_DONE;
    }
    return commit(w, out);
}

static void sync_and_wait(writing *w) {
    w->end = (pg_ticket){.fiber = fiber_current()};
    pg_pipe_sync(w->line->pipe, &w->end);
    wait_for_end(w);
}

/* Results are in memory until all of them are there, so of several that hand
 * rows back each is awaited before the next is sent. Ends early when one has
 * failed. */
static err *send_in_steps(writing *w) {
    pg_session *s = w->session;
    int64_t limit_ms = s->database->login.statement_timeout_ms;
    deadline until = deadline_in(s->loop, limit_ms);
    size_t bytes = 0;
    forget_tickets(w);
    for (size_t i = 0; i < w->part_count; i++) {
        part *p = &w->parts[i];
        w->failed_at = p->of;
        if (loop_now(s->loop) >= until.at_ms)
            return err_new(w->a, ERR_TIMEOUT,
                           "canceling statement due to statement timeout");
        TRY(send_part(w, p));
        sync_and_wait(w);
        if (p->ticket.state != PG_DONE)
            return NULL;
        bytes += s->pq->PQresultMemorySize(p->ticket.result);
        if (bytes > RESULT_MAX_MEMORY)
            return err_new(w->a, ERR_TOO_LARGE,
                           "the written rows are too many to hand back");
    }
    return NULL;
}

/* The key first: who repeats a request writes nothing. Where on replicas what
 * was written before is, nobody remembers. */
static verdict claim(writing *w, err **out) {
    pg_ticket failed = {.state = PG_DONE};
    verdict v = VERDICT_DONE;
    w->failed_at = w->count;
    *out = pg_receipt_claim(w->session, w->a, w->line->pipe, w->once, &failed);
    if (failed.state == PG_FAILED)
        v = judge_error(w, failed.result, NULL, out);
    else if (failed.state != PG_DONE)
        v = judge_loss(w, &failed, false, out);
    w->session->pq->PQclear(failed.result);
    if (w->once->is_repeat && w->session->replicas.count > 0)
        w->committed = COMMIT_POSITION_UNKNOWN;
    if (*out == NULL)
        return v;
    *out = pg_receipt_explain(w->a, *out);
    return VERDICT_FAILED;
}

static verdict send_and_look(writing *w, err **out) {
    pg_pipe_part(w->line->pipe);
    pg_session_run(w->session, w->line->pipe, "BEGIN", NULL);
    verdict claimed = w->once != NULL ? claim(w, out) : VERDICT_DONE;
    bool is_repeat = w->once != NULL && w->once->is_repeat;
    if (claimed != VERDICT_DONE || is_repeat) {
        roll_back(w);
        return claimed;
    }
    *out = w->is_stepwise ? send_in_steps(w) : send_parts(w);
    if (!w->is_stepwise)
        sync_and_wait(w);
    if (*out == NULL)
        return look_and_decide(w, out);
    roll_back(w);
    return VERDICT_FAILED;
}

/* ---- A write ------------------------------------------------------------ */

static verdict try_once(writing *w, err **out) {
    pg_session *s = w->session;
    pg_use use = w->must_look ? PG_ALONE : PG_SHARED;
    deadline until =
        deadline_in(s->loop, s->database->login.statement_timeout_ms);
    *out = pg_pool_take(&s->writers, w->a, use, until, &w->line);
    if (*out != NULL)
        return VERDICT_FAILED;
    verdict v = w->must_look ? send_and_look(w, out) : send_at_once(w, out);
    if (w->must_look)
        pg_pool_give(&s->writers, w->line);
    drop_results(w);
    return v;
}

static err *run(writing *w) {
    err *e = NULL;
    verdict v = try_once(w, &e);
    while (v == VERDICT_AGAIN) {
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
    writing w = {
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
    err *e = add_all(&w);
    if (e == NULL)
        e = run(&w);
    *failed_at = w.failed_at;
    for (size_t i = 0; e != NULL && i < count; i++)
        results[i] = (mutation_result){0};
    for (size_t i = 0; e == NULL && i < count; i++)
        results[i].committed = w.is_undone ? 0 : w.committed;
    return e;
}
