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
#include "database/postgres/pg_form.h"
#include "database/postgres/pg_scope.h"
#include "database/postgres/pg_select.h"
#include "database/postgres/pg_session.h"
#include "database/shape.h"
#include "schema/function.h"

enum {
    /* How often a read is sent again, for all reasons together. */
    MAX_TRIES = 6,
    /* The server's statement time limit comes first. */
    GRACE_MS = 1000,
    MAX_SLOW_MS = 200,
};

enum {
    TICKET_SET,
    TICKET_BEFORE,
    TICKET_COUNT,
    TICKET_ROWS,
    TICKET_AFTER,
    TICKETS,
};

typedef struct reading {
    engine_rows engine;
    pg_session *session;
    arena *arena;
    const query *query;
    deadline until;
    pg_pool *pool;       /* where it is asked */
    pg_replica *replica; /* the pool's, or NULL: the primary */
    size_t replica_failures;

    pg_line *line;
    pg_use use;
    bool is_alone;      /* behind a Sync and before one */
    bool is_unprepared; /* counts on nobody's preparation */
    bool is_held_up;
    bool has_made_way;
    bool has_moved;
    int tries;
    pg_arguments arguments;
    pg_arguments count_arguments;
    uint64_t statements[TICKETS]; /* their numbers */
    pg_ticket tickets[TICKETS];

    PGresult *rows;
    int row;
    int row_count;
    pg_form *forms;
    value *values;
} reading;

static reading *of(database_rows *rows) {
    return CONTAINER_OF(rows, reading, engine.rows);
}

/* ---- Asking ------------------------------------------------------------- */

static void write_plan(buf *out, const query_plan *p) {
    buf_append(out, STR("EXPLAIN (FORMAT "));
    buf_append(out, p->is_json ? STR("JSON") : STR("TEXT"));
    buf_append(out, p->is_run ? STR(", ANALYZE") : STR(""));
    buf_append(out, p->is_verbose ? STR(", VERBOSE") : STR(""));
    buf_append(out, p->has_settings ? STR(", SETTINGS") : STR(""));
    buf_append(out, p->has_buffers ? STR(", BUFFERS") : STR(""));
    buf_append(out, p->has_wal && p->is_run ? STR(", WAL") : STR(""));
    buf_append(out, STR(") "));
}

static void write_select(buf *out, const void *tree) {
    const query *q = tree;
    if (UNLIKELY(q->plan != NULL))
        write_plan(out, q->plan);
    pg_select_write(out, q);
}

static void write_count(buf *out, const void *q) {
    pg_count_write(out, q);
}

static void make_count_shape(buf *out, const query *q) {
    buf_clear(out, SIZE_MAX);
    buf_append_char(out, 'c');
    pg_scope_write_generation(out, q->scope);
    shape_put(out, q->model->index);
    shape_put(out, (size_t)q->total * 4 + (size_t)(q->call != NULL) * 2 +
                       (q->where != NULL));
    if (q->call != NULL)
        function_call_write_shape(out, q->call);
    if (q->where != NULL)
        filter_write_shape(out, q->where);
}

static void make_rows_shape(buf *out, const query *q) {
    buf_clear(out, SIZE_MAX);
    buf_append_char(out, LIKELY(q->plan == NULL) ? 'r' : 'p');
    if (UNLIKELY(q->plan != NULL))
        write_plan(out, q->plan);
    if (UNLIKELY(q->scope != NULL))
        pg_scope_write_generation(out, q->scope);
    pg_select_write_shape(out, q);
}

static bool is_asked(const reading *r, int what) {
    const query *q = r->query;
    switch (what) {
    case TICKET_SET:
        return pg_scope_has(q->scope, PG_SCOPE_SET);
    case TICKET_BEFORE:
        return pg_scope_has(q->scope, PG_SCOPE_BEFORE);
    case TICKET_COUNT:
        return q->wants_total;
    case TICKET_AFTER:
        return pg_scope_has(q->scope, PG_SCOPE_AFTER);
    default:
        return true;
    }
}

static int first_asked(const reading *r) {
    int what = TICKET_SET;
    while (!is_asked(r, what))
        what++;
    return what;
}

static int last_asked(const reading *r) {
    return is_asked(r, TICKET_AFTER) ? TICKET_AFTER : TICKET_ROWS;
}

static err *send_one(reading *r, int what, pg_sql_writer *write,
                     const void *tree, const pg_arguments *arguments) {
    pg_pipe *pipe = r->line->pipe;
    pg_prepared_use use;
    TRY(UNLIKELY(r->is_unprepared)
            ? pg_session_unprepared(r->session, r->arena, write, tree, &use)
            : pg_session_statement(r->session, r->arena, pipe, write, tree,
                                   &use));
    r->statements[what] = use.statement != NULL ? use.statement->number : 0;
    pg_pipe_run(pipe, &use, arguments, &r->tickets[what]);
    return NULL;
}

/* The number of rows and the rows are of one snapshot. The setting is that of
 * the implicit transaction, which must not have begun before. */
static void ask_for_snapshot(reading *r) {
    pg_session_run(r->session, r->line->pipe,
                   "SET transaction_isolation = 'repeatable read'", NULL);
}

static err *send_count(reading *r) {
    make_count_shape(&r->session->shape, r->query);
    return send_one(r, TICKET_COUNT, write_count, r->query,
                    &r->count_arguments);
}

static void write_scope(buf *out, const void *part) {
    pg_scope_write(out, part);
}

static err *send_scope(reading *r, int what, pg_scope_step step) {
    if (!is_asked(r, what))
        return NULL;
    pg_arguments arguments = {0};
    pg_scope_part part = {.scope = r->query->scope, .step = step};
    buf_clear(&r->session->shape, SIZE_MAX);
    pg_scope_write_shape(&r->session->shape, &part);
    pg_scope_bind(r->arena, &arguments, &part);
    return send_one(r, what, write_scope, &part, &arguments);
}

static err *send_all(reading *r) {
    const query *q = r->query;
    bool is_apart = r->is_alone || q->wants_total || q->scope != NULL;
    memset(r->tickets, 0, sizeof r->tickets);
    r->tickets[last_asked(r)].fiber = fiber_current();
    if (is_apart)
        pg_pipe_part(r->line->pipe);
    if (q->wants_total)
        ask_for_snapshot(r);
    TRY(send_scope(r, TICKET_SET, PG_SCOPE_SET));
    TRY(send_scope(r, TICKET_BEFORE, PG_SCOPE_BEFORE));
    if (q->wants_total)
        TRY(send_count(r));
    make_rows_shape(&r->session->shape, q);
    TRY(send_one(r, TICKET_ROWS, write_select, q, &r->arguments));
    TRY(send_scope(r, TICKET_AFTER, PG_SCOPE_AFTER));
    if (is_apart)
        pg_pipe_part(r->line->pipe);
    return NULL;
}

/* ---- Waiting ------------------------------------------------------------ */

static void abandon(reading *r) {
    pg_pool *p = r->pool;
    for (int i = 0; i < TICKETS; i++) {
        pg_ticket *t = &r->tickets[i];
        if (t->is_sent && t->state == PG_WAITING)
            pg_pool_abandon(p, r->line, t);
        else
            r->session->pq->PQclear(t->result);
        t->result = NULL;
    }
}

static bool is_under_way(const reading *r) {
    const pg_ticket *first = &r->tickets[first_asked(r)];
    return first->state != PG_WAITING || pg_pipe_is_first(r->line->pipe, first);
}

/* Behind it, in the same part, stand others, and answers come together. */
static bool is_with_others(const reading *r) {
    return !pg_pipe_ends_part(r->line->pipe, &r->tickets[last_asked(r)]);
}

static bool is_behind_others(const reading *r) {
    return !is_under_way(r) && pg_pool_is_slow(r->pool, r->line);
}

/* It is quick, so somebody else takes long. */
static bool is_held_up_by_part(const reading *r) {
    return r->use == PG_QUICK && !r->is_alone && is_with_others(r) &&
           pg_pool_is_slow(r->pool, r->line);
}

/* Who takes long goes on. */
static void leave(reading *r) {
    for (int i = 0; i < TICKETS; i++)
        if (r->tickets[i].is_sent && r->tickets[i].state == PG_WAITING)
            pg_pipe_abandon(r->line->pipe, &r->tickets[i]);
    r->is_alone = true;
}

static void note_held_up(reading *r, bool is_held_up) {
    r->pool->held_up += (size_t)is_held_up - (size_t)r->is_held_up;
    r->is_held_up = is_held_up;
}

static void go_to_primary(reading *r) {
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
static err *give_up(reading *r, bool *is_moved) {
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

static bool is_in_the_way(const reading *r) {
    return is_under_way(r) && pg_pool_must_make_way(r->pool, r->line);
}

/* Of several in one part nobody knows which it is that takes long: each has
 * another try by itself. */
static err *make_way(reading *r, bool *is_moved) {
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
static err *wait_and_look(reading *r, bool *is_moved) {
    pg_session *s = r->session;
    const pg_ticket *last = &r->tickets[last_asked(r)];
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

static err *wait(reading *r, bool *is_moved) {
    err *e = wait_and_look(r, is_moved);
    note_held_up(r, false);
    return e;
}

/* ---- Answers ------------------------------------------------------------ */

/* The first that went wrong, or NULL. */
static pg_ticket *find_failed(reading *r, int *what) {
    for (*what = first_asked(r); *what <= last_asked(r); (*what)++) {
        if (is_asked(r, *what) && r->tickets[*what].state != PG_DONE)
            return &r->tickets[*what];
    }
    return NULL;
}

static void drop_results(reading *r) {
    for (int i = 0; i < TICKETS; i++) {
        r->session->pq->PQclear(r->tickets[i].result);
        r->tickets[i].result = NULL;
    }
}

/* Was it somebody or something else, so that sending it again may help? */
static bool may_retry(reading *r, const pg_ticket *failed, int what) {
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

static err *explain(reading *r, const pg_ticket *failed) {
    if (failed->state == PG_FAILED)
        return pg_session_error(r->session, r->arena, failed->result);
    if (failed->state == PG_TOO_MUCH)
        return err_with_hint(
            err_new(r->arena, ERR_TOO_LARGE, "the result is too large"),
            STR("ask for fewer rows or columns at once"));
    return err_new(r->arena, ERR_UNAVAILABLE,
                   "Database client error. Retrying the connection.");
}

static err *fail(reading *r, const pg_ticket *failed) {
    err *e = explain(r, failed);
    drop_results(r);
    return e;
}

static err *read_total(reading *r) {
    pg_session *s = r->session;
    const PGresult *got = r->tickets[TICKET_COUNT].result;
    str cell = {s->pq->PQgetvalue(got, 0, 0),
                (size_t)s->pq->PQgetlength(got, 0, 0)};
    return pg_count_read(r->arena, r->query->total, cell,
                         &r->engine.rows.total);
}

static err *take_answers(reading *r) {
    err *e = r->query->wants_total ? read_total(r) : NULL;
    pg_pool_note_answer(r->pool);
    if (r->query->scope != NULL)
        pg_scope_take(r->arena, r->session->pq, r->tickets[TICKET_AFTER].result,
                      r->query->scope);
    r->rows = r->tickets[TICKET_ROWS].result;
    r->tickets[TICKET_ROWS].result = NULL;
    drop_results(r);
    r->row_count = r->session->pq->PQntuples(r->rows);
    return e;
}

static err *ask(reading *r) {
    for (;;) {
        bool is_moved = false;
        int what = TICKET_ROWS;
        TRY(pg_pool_take(r->pool, r->arena, r->use, r->until, &r->line));
        err *e = send_all(r);
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
static err *try_replica(reading *r, bool *is_over) {
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
static err *ask_replica(reading *r) {
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
static err *ask_somewhere(reading *r) {
    const query *q = r->query;
    bool may_lag = r->session->replicas.count > 0 && q->may_lag &&
                   (q->scope == NULL || str_is_empty(q->scope->before));
    r->pool = &r->session->readers;
    return may_lag ? ask_replica(r) : ask(r);
}

static err *ask_for_guess(reading *r);

/* ---- Opening ------------------------------------------------------------ */

static err *prepare(reading *r) {
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
    reading *r = arena_new_array(a, reading, 1);
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
static err *ask_for_guess(reading *r) {
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
    reading asked = {
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

static void release(reading *r) {
    r->session->pq->PQclear(r->rows);
    r->rows = NULL;
}

static err *read_row(reading *r) {
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
    reading *r = of(rows);
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
