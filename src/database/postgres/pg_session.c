#include "database/postgres/pg_session.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "database/postgres/pg_error.h"
#include "database/sql.h"

enum {
    SHAPE_MAX = 256 * 1024,
    MAX_PARAMETERS = 65535, /* an Int16 on the wire, read as unsigned */
    CHECK_PATIENCE_MS = 1000,
    BACK_OFF_MS = 5,
};

static pg_session *of(database_session *s) {
    return CONTAINER_OF(s, pg_session, base);
}

/* ---- Statements --------------------------------------------------------- */

static err *write_sql(pg_session *s, arena *a, pg_sql_writer *write,
                      const void *tree) {
    buf_clear(&s->sql, SIZE_MAX);
    write(&s->sql, tree);
    buf_append_char(&s->sql, '\0');
    if (s->sql.is_overflown || s->shape.is_overflown)
        return err_new(a, ERR_TOO_LARGE, "the request is too large");
    return NULL;
}

err *pg_session_unprepared(pg_session *s, arena *a, pg_sql_writer *write,
                           const void *tree, pg_prepared_use *out) {
    TRY(write_sql(s, a, write, tree));
    *out = (pg_prepared_use){.sql = s->sql.ptr};
    return NULL;
}

err *pg_session_statement(pg_session *s, arena *a, pg_pipe *p,
                          pg_sql_writer *write, const void *tree,
                          pg_prepared_use *out) {
    pg_statements *known = pg_pipe_statements(p);
    *out = (pg_prepared_use){.statement =
                                 pg_statements_find(known, buf_str(&s->shape))};
    if (LIKELY(out->statement != NULL))
        return NULL;
    TRY(write_sql(s, a, write, tree));
    uint64_t gone = 0;
    out->sql = s->sql.ptr;
    out->statement =
        pg_statements_add(known, buf_str(&s->shape), s->sql.len, &gone);
    if (gone != 0)
        pg_pipe_drop(p, gone);
    return NULL;
}

static void write_constant(buf *out, const void *sql) {
    buf_append(out, str_of(sql));
}

void pg_session_run_with(pg_session *s, pg_pipe *p, const char *sql,
                         const pg_arguments *arguments, pg_ticket *ticket) {
    pg_prepared_use use;
    buf_clear(&s->shape, SIZE_MAX);
    buf_append_char(&s->shape, 's');
    buf_append(&s->shape, str_of(sql));
    err *e = pg_session_statement(s, s->arena, p, write_constant, sql, &use);
    ASSERT(e == NULL); /* it is short */
    pg_pipe_run(p, &use, arguments, ticket);
}

void pg_session_run(pg_session *s, pg_pipe *p, const char *sql,
                    pg_ticket *ticket) {
    static const pg_arguments NONE;
    pg_session_run_with(s, p, sql, &NONE, ticket);
}

err *pg_session_check_arguments(arena *a, const pg_arguments *arguments) {
    if (arguments->count <= MAX_PARAMETERS)
        return NULL;
    return err_new(a, ERR_TOO_LARGE,
                   "the request has %zu values; a statement takes %d",
                   arguments->count, MAX_PARAMETERS);
}

/* ---- Errors ------------------------------------------------------------- */

err *pg_session_error(const pg_session *s, arena *a, const PGresult *r) {
    return pg_error_plain(a, s->pq, r);
}

bool pg_session_has_state(const pg_session *s, const PGresult *r,
                          const char *state) {
    const char *got = s->pq->PQresultErrorField(r, PG_DIAG_SQLSTATE);
    return got != NULL && strcmp(got, state) == 0;
}

/* 0A000 says "cached plan must not change result type" and much else; trying
 * again costs little. */
bool pg_session_is_stale(const pg_session *s, const PGresult *r) {
    return pg_session_has_state(s, r, "0A000");
}

bool pg_session_is_reset(const pg_session *s, const PGresult *r) {
    return pg_session_has_state(s, r, "26000");
}

bool pg_session_is_conflict(const pg_session *s, const PGresult *r) {
    return pg_session_has_state(s, r, "40001") ||
           pg_session_has_state(s, r, "40P01");
}

void pg_session_back_off(pg_session *s, arena *a, int tries) {
    uint64_t most = (uint64_t)BACK_OFF_MS << tries;
    int64_t ms = 1 + (int64_t)rand_below(&s->writers.random, most);
    deadline until = deadline_in(s->loop, ms);
    while (loop_now(s->loop) < until.at_ms)
        if (fiber_park(a, until) != NULL)
            break;
}

/* ---- Check -------------------------------------------------------------- */

static err *check_answer(pg_session *s, arena *a, const pg_ticket *t) {
    switch (t->state) {
    case PG_DONE:
        if (strcmp(s->pq->PQgetvalue(t->result, 0, 0), "f") == 0)
            return NULL;
        return err_new(a, ERR_READ_ONLY,
                       "the database is a standby and takes no writes");
    case PG_FAILED:
        return pg_session_error(s, a, t->result);
    case PG_WAITING:
    case PG_SKIPPED:
    case PG_LOST:
    case PG_TOO_MUCH:
        break;
    }
    return err_new(a, ERR_UNAVAILABLE,
                   "the connection to the database is lost");
}

err *pg_session_check(database_session *base, arena *a) {
    pg_session *s = of(base);
    deadline until = deadline_in(s->loop, CHECK_PATIENCE_MS);
    pg_line *line = NULL;
    TRY(pg_pool_take(&s->writers, a, PG_SHARED, until, &line));
    pg_ticket t = {.fiber = fiber_current()};
    pg_session_run(s, line->pipe, "SELECT pg_is_in_recovery()", &t);
    pg_pipe_sync(line->pipe, NULL);
    err *e = NULL;
    while (t.state == PG_WAITING && e == NULL)
        e = fiber_park(a, until);
    if (t.state == PG_WAITING) {
        pg_pipe_abandon(line->pipe, &t);
        return err_wrap(a, e, "the database does not answer");
    }
    e = check_answer(s, a, &t);
    s->pq->PQclear(t.result);
    return e;
}

/* ---- Life --------------------------------------------------------------- */

err *pg_session_open(arena *a, database *base, loop *l,
                     database_session **out) {
    (void)a;
    pg_database *d = CONTAINER_OF(base, pg_database, base);
    arena *own = arena_new();
    pg_session *s = arena_new_array(own, pg_session, 1);
    s->base.engine = base->engine;
    s->database = d;
    s->pq = &d->login.pq;
    s->arena = own;
    s->loop = l;
    s->shape = buf_new(SHAPE_MAX);
    s->sql = buf_new(SQL_MAX);
    pg_pool_init(own, &s->readers, &d->login, PG_PATH_READ, l, d->threads,
                 d->read_connections, PG_SPREAD_READS);
    pg_pool_init(own, &s->writers, &d->login, PG_PATH_WRITE, l, d->threads,
                 d->write_connections, d->write_connections);
    pg_pool_keep_one(&s->readers);
    pg_replicas_init(own, &s->replicas, s, d->replicas, d->replica_count,
                     d->replica_limits);
    *out = &s->base;
    return NULL;
}

void pg_session_close(database_session *base) {
    pg_session *s = of(base);
    pg_replicas_close(&s->replicas);
    pg_pool_close(&s->readers);
    pg_pool_close(&s->writers);
    buf_free(&s->shape);
    buf_free(&s->sql);
    arena_free(s->arena);
}
