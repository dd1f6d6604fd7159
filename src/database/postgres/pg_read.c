/*
 * pg_read.c: reads.
 *
 * A read goes through a connection together with others. What hits it there and
 * is none of its doing, an error of a read before it, a lost connection, a
 * request to cancel somebody else's statement, it does not notice: it is sent
 * again, apart from others. Rows are taken out of libpq's result one by one.
 *
 * A read may take its time as long as nobody is held up by it. When all
 * connections are taken by such reads and others wait, those that have run the
 * longest are ended.
 */
#include "base/assert.h"
#include "database/postgres/pg_reading.h"
#include "database/postgres/pg_scope.h"
#include "database/postgres/pg_select.h"

enum {
    /* How often a read is sent again, for all reasons together. */
    MAX_TRIES = 6,
    /* The server's statement time limit comes first. */
    GRACE_MS = 1000,
    MAX_SLOW_MS = 200,
};

static pg_reading *of(database_rows *rows) {
    return CONTAINER_OF(rows, pg_reading, engine.rows);
}

/* ---- Waiting ------------------------------------------------------------ */

static void abandon(pg_reading *r) {
    pg_pool *p = r->pool;
    for (int i = 0; i < PG_TICKETS; i++) {
        pg_ticket *t = &r->tickets[i];
        if (t->is_sent && t->state == PG_WAITING)
            pg_pool_abandon(p, r->line, t);
        else
            r->session->pq->PQclear(t->result);
        t->result = NULL;
    }
}

static bool is_under_way(const pg_reading *r) {
    const pg_ticket *first = &r->tickets[pg_reading_first(r)];
    return first->state != PG_WAITING || pg_pipe_is_first(r->line->pipe, first);
}

/* Behind it, in the same part, stand others, and answers come together. */
static bool is_with_others(const pg_reading *r) {
    return !pg_pipe_ends_part(r->line->pipe, &r->tickets[pg_reading_last(r)]);
}

static bool is_behind_others(const pg_reading *r) {
    return !is_under_way(r) && pg_pool_is_slow(r->pool, r->line);
}

/* It is quick, so somebody else takes long. */
static bool is_held_up_by_part(const pg_reading *r) {
    return r->use == PG_QUICK && !r->is_alone && is_with_others(r) &&
           pg_pool_is_slow(r->pool, r->line);
}

/* Who takes long goes on. */
static void leave(pg_reading *r) {
    for (int i = 0; i < PG_TICKETS; i++)
        if (r->tickets[i].is_sent && r->tickets[i].state == PG_WAITING)
            pg_pipe_abandon(r->line->pipe, &r->tickets[i]);
    r->is_alone = true;
}

static void note_held_up(pg_reading *r, bool is_held_up) {
    r->pool->held_up += (size_t)is_held_up - (size_t)r->is_held_up;
    r->is_held_up = is_held_up;
}

static void go_to_primary(pg_reading *r) {
    note_held_up(r, false);
    r->replica = NULL;
    r->pool = &r->session->readers;
    r->is_alone = false;
    r->tries = 0;
}

static deadline statement_end(const pg_session *s) {
    return deadline_in(s->loop,
                       s->database->login.statement_timeout_ms + GRACE_MS);
}

/* The server should have ended what it works on by now. If it has not, it is
 * not the statement's doing, and the primary may do better than a replica. */
static err *give_up(pg_reading *r, bool *is_moved) {
    pg_session *s = r->session;
    int64_t limit_ms = s->database->login.statement_timeout_ms;
    bool is_silent =
        pg_pipe_busy_since(r->line->pipe) < loop_now(s->loop) - limit_ms;
    if (is_silent)
        pg_pipe_break(r->line->pipe, "the server does not answer");
    abandon(r);
    *is_moved = is_silent && r->replica != NULL;
    if (!*is_moved)
        return err_new(r->arena, ERR_TIMEOUT,
                       "canceling statement due to statement timeout");
    go_to_primary(r);
    r->until = statement_end(s);
    return NULL;
}

static bool is_in_the_way(const pg_reading *r) {
    return is_under_way(r) && pg_pool_must_make_way(r->pool, r->line);
}

/* Of several in one part nobody knows which it is that takes long: each has
 * another try by itself. */
static err *make_way(pg_reading *r, bool *is_moved) {
    *is_moved = !r->is_alone && is_with_others(r);
    abandon(r);
    r->is_alone = true;
    if (*is_moved)
        return NULL;
    r->has_made_way = true;
    return err_with_hint(
        err_new(r->arena, ERR_UNAVAILABLE,
                "the read took long, and others waited for its connection"),
        STR("ask for less at once, or try again later"));
}

/* When something before it takes long it goes elsewhere, if there is such a
 * place: *is_moved. Suspends. */
static err *wait_and_look(pg_reading *r, bool *is_moved) {
    pg_session *s = r->session;
    const pg_ticket *last = &r->tickets[pg_reading_last(r)];
    int64_t look_ms = PG_SLOW_MS + 1;
    int64_t began_ms = loop_now(s->loop);
    while (last->state == PG_WAITING) {
        deadline look = deadline_in(s->loop, look_ms);
        deadline next = look.at_ms < r->until.at_ms ? look : r->until;
        err *e = fiber_park(r->arena, next);
        if (last->state != PG_WAITING || e == NULL)
            continue;
        if (e->code != ERR_TIMEOUT) {
            abandon(r);
            return e;
        }
        if (loop_now(s->loop) >= r->until.at_ms)
            return give_up(r, is_moved);
        if (r->replica != NULL &&
            pg_replica_look(r->replica) != r->replica_failures) {
            abandon(r);
            go_to_primary(r);
            *is_moved = true;
            return NULL;
        }
        bool is_behind = is_behind_others(r);
        if (is_behind &&
            pg_pool_may_move(r->pool, r->line, r->use, r->has_moved)) {
            r->has_moved = true;
            abandon(r);
            *is_moved = true;
            return NULL;
        }
        if (is_held_up_by_part(r)) {
            leave(r);
            *is_moved = true;
            return NULL;
        }
        note_held_up(r,
                     is_behind && loop_now(s->loop) - began_ms > PG_HELD_UP_MS);
        if (is_in_the_way(r))
            return make_way(r, is_moved);
        look_ms = look_ms * 2 < MAX_SLOW_MS ? look_ms * 2 : MAX_SLOW_MS;
    }
    return NULL;
}

static err *wait(pg_reading *r, bool *is_moved) {
    err *e = wait_and_look(r, is_moved);
    note_held_up(r, false);
    return e;
}

/* ---- Answers ------------------------------------------------------------ */

/* The first that went wrong, or NULL. */
static pg_ticket *find_failed(pg_reading *r, int *what) {
    for (*what = pg_reading_first(r); *what <= pg_reading_last(r); (*what)++) {
        if (pg_reading_has(r, *what) && r->tickets[*what].state != PG_DONE)
            return &r->tickets[*what];
    }
    return NULL;
}

static void drop_results(pg_reading *r) {
    for (int i = 0; i < PG_TICKETS; i++) {
        r->session->pq->PQclear(r->tickets[i].result);
        r->tickets[i].result = NULL;
    }
}

/* Was it somebody or something else, so that sending it again may help? */
static bool may_retry(pg_reading *r, const pg_ticket *failed, int what) {
    pg_session *s = r->session;
    if (++r->tries >= MAX_TRIES || failed->state == PG_TOO_MUCH)
        return false;
    if (failed->state == PG_LOST && r->replica != NULL)
        return false; /* it may be gone for long */
    if (failed->state != PG_FAILED)
        return true;
    if (pg_session_is_stale(s, failed->result) && r->tries == 1) {
        pg_pool_forget(r->line, r->statements[what]);
        return true;
    }
    if (pg_session_is_reset(s, failed->result)) {
        r->is_unprepared = true;
        return true;
    }
    return pg_session_is_conflict(s, failed->result) ||
           (pg_session_has_state(s, failed->result, "57014") &&
            pg_pool_has_cancelled(r->pool, r->line));
}

static err *explain(pg_reading *r, const pg_ticket *failed) {
    if (failed->state == PG_FAILED)
        return pg_session_error(r->session, r->arena, failed->result);
    if (failed->state == PG_TOO_MUCH)
        return err_with_hint(
            err_new(r->arena, ERR_TOO_LARGE, "the result is too large"),
            STR("ask for fewer rows or columns at once"));
    return err_new(r->arena, ERR_UNAVAILABLE,
                   "Database client error. Retrying the connection.");
}

static err *fail(pg_reading *r, const pg_ticket *failed) {
    err *e = explain(r, failed);
    drop_results(r);
    return e;
}

static err *read_total(pg_reading *r) {
    pg_session *s = r->session;
    const PGresult *got = r->tickets[PG_TICKET_COUNT].result;
    str cell = {s->pq->PQgetvalue(got, 0, 0),
                (size_t)s->pq->PQgetlength(got, 0, 0)};
    return pg_count_read(r->arena, r->query->total, cell,
                         &r->engine.rows.total);
}

static err *take_answers(pg_reading *r) {
    err *e = r->query->wants_total ? read_total(r) : NULL;
    pg_pool_note_answer(r->pool);
    if (r->query->scope != NULL)
        pg_scope_take(r->arena, r->session->pq,
                      r->tickets[PG_TICKET_AFTER].result, r->query->scope);
    r->rows = r->tickets[PG_TICKET_ROWS].result;
    r->tickets[PG_TICKET_ROWS].result = NULL;
    drop_results(r);
    r->row_count = r->session->pq->PQntuples(r->rows);
    return e;
}

static err *ask(pg_reading *r) {
    for (;;) {
        bool is_moved = false;
        int what = PG_TICKET_ROWS;
        TRY(pg_pool_take(r->pool, r->arena, r->use, r->until, &r->line));
        err *e = pg_reading_send(r);
        if (UNLIKELY(e != NULL)) {
            /* What was sent before, and its role, is nobody else's. */
            pg_pipe_part(r->line->pipe);
            abandon(r);
            return e;
        }
        TRY(wait(r, &is_moved));
        if (is_moved)
            continue;
        pg_ticket *failed = find_failed(r, &what);
        if (LIKELY(failed == NULL))
            return take_answers(r);
        if (!may_retry(r, failed, what))
            return fail(r, failed);
        drop_results(r);
        r->is_alone = true;
    }
}

/* is_over: it was answered, or nobody waits any more. */
static err *try_replica(pg_reading *r, bool *is_over) {
    *is_over = false;
    r->replica =
        pg_replicas_choose(&r->session->replicas, r->arena, r->query->seen);
    if (r->replica == NULL)
        return NULL;
    r->pool = &r->replica->pool;
    r->replica_failures = pg_replica_look(r->replica);
    err *e = ask(r);
    *is_over = e == NULL || e->code == ERR_CANCELLED ||
               e->code == ERR_TIMEOUT || r->replica == NULL || r->has_made_way;
    if (*is_over)
        return e;
    if (e->code == ERR_UNAVAILABLE)
        pg_replica_distrust(r->replica);
    go_to_primary(r);
    return NULL;
}

/* Whatever is wrong there: the primary is asked, and knows. When it is down,
 * that may be news, and a replica that was busy has to do. */
static err *ask_replica(pg_reading *r) {
    bool is_over = false;
    err *e = try_replica(r, &is_over);
    if (is_over)
        return e;
    e = ask(r);
    if (e == NULL || e->code != ERR_UNAVAILABLE)
        return e;
    err *second = try_replica(r, &is_over);
    return is_over ? second : e;
}

/* A function that is called before a read may want to write. */
static err *ask_somewhere(pg_reading *r) {
    const query *q = r->query;
    bool may_lag = r->session->replicas.count > 0 && q->may_lag &&
                   (q->scope == NULL || str_is_empty(q->scope->before));
    r->pool = &r->session->readers;
    return may_lag ? ask_replica(r) : ask(r);
}

static err *ask_for_guess(pg_reading *r);

/* ---- Opening ------------------------------------------------------------ */

static err *prepare(pg_reading *r) {
    const query *q = r->query;
    TRY(pg_select_bind(r->arena, &r->arguments, q));
    TRY(pg_session_check_arguments(r->arena, &r->arguments));
    if (!q->wants_total)
        return NULL;
    TRY(pg_count_bind(r->arena, &r->count_arguments, q));
    return pg_session_check_arguments(r->arena, &r->count_arguments);
}

err *pg_read_open(database_session *base, arena *a, const query *q,
                  database_rows **out) {
    pg_session *s = CONTAINER_OF(base, pg_session, base);
    size_t cells = LIKELY(q->plan == NULL) ? query_cell_count(q) : 1;
    pg_reading *r = arena_new_array(a, pg_reading, 1);
    r->engine.engine = base->engine;
    r->engine.rows.value_count = cells;
    r->session = s;
    r->arena = a;
    r->query = q;
    r->use = query_is_quick(q) ? PG_QUICK : PG_SHARED;
    r->until = statement_end(s);
    r->values = arena_new_array(a, value, cells);
    r->forms = arena_take(a, cells * sizeof *r->forms, _Alignof(pg_form));
    if (LIKELY(q->plan == NULL))
        pg_form_of_query(q, r->forms);
    else
        r->forms[0] = PG_TEXT;
    r->engine.rows.values = r->values;
    err *e = prepare(r);
    if (e == NULL)
        e = ask_somewhere(r);
    if (e == NULL && q->wants_total && q->total == TOTAL_ESTIMATED &&
        r->engine.rows.total > q->total_bound)
        e = ask_for_guess(r);
    if (UNLIKELY(e != NULL)) {
        s->pq->PQclear(r->rows);
        return e;
    }
    *out = &r->engine.rows;
    return NULL;
}

/* There are more rows than are worth counting: the planner's guess, but no less
 * than what was counted. */
static err *ask_for_guess(pg_reading *r) {
    query guess = {
        .model = r->query->model,
        .columns = r->query->columns,
        .column_count = 1,
        .where = r->query->where,
        .limit = 0,
        .wants_total = true,
        .total = TOTAL_PLANNED,
        .call = r->query->call,
        .scope = r->query->scope,
    };
    pg_reading asked = {
        .session = r->session,
        .arena = r->arena,
        .query = &guess,
        .until = r->until,
        .pool = r->pool,
    };
    TRY(prepare(&asked));
    TRY(ask(&asked));
    r->session->pq->PQclear(asked.rows);
    if (asked.engine.rows.total > r->engine.rows.total)
        r->engine.rows.total = asked.engine.rows.total;
    return NULL;
}

/* ---- Rows --------------------------------------------------------------- */

static void release(pg_reading *r) {
    r->session->pq->PQclear(r->rows);
    r->rows = NULL;
}

static err *read_row(pg_reading *r) {
    const pg_library *pq = r->session->pq;
    for (size_t i = 0; i < r->engine.rows.value_count; i++) {
        int column = (int)i;
        size_t len = (size_t)pq->PQgetlength(r->rows, r->row, column);
        if (len == 0 && pq->PQgetisnull(r->rows, r->row, column)) {
            r->values[i] = (value){.kind = VALUE_NULL};
            continue;
        }
        TRY(pg_form_read(r->arena, r->forms[i],
                         pq->PQgetvalue(r->rows, r->row, column), len,
                         &r->values[i]));
    }
    return NULL;
}

bool pg_read_next(database_rows *rows) {
    pg_reading *r = of(rows);
    if (r->rows == NULL || r->row == r->row_count)
        return false;
    rows->failure = read_row(r);
    r->row++;
    if (LIKELY(rows->failure == NULL))
        return true;
    release(r);
    return false;
}

err *pg_read_end(database_rows *rows) {
    release(of(rows));
    return rows->failure;
}
