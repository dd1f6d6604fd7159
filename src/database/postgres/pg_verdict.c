#include "database/postgres/pg_verdict.h"

#include "database/postgres/pg_violation.h"
#include "database/state_trigger.h"

enum {
    MAX_TRIES = 4,    /* deadlocks and serialization failures */
    MAX_RENEWALS = 4, /* statements that are not what they were */
};

static err *unknown_outcome(arena *a) {
    return err_new(a, ERR_IO,
                   "the connection to the database was lost during the commit:"
                   " whether the change was written is not known");
}

/* The part that failed, or NULL: then it is the end, or nothing. */
static const pg_writing_part *find_failed(pg_writing *w) {
    for (size_t i = 0; i < w->part_count; i++)
        if (w->parts[i].ticket.state != PG_DONE)
            return &w->parts[i];
    return NULL;
}

/* The server has undone the transaction. */
pg_verdict pg_verdict_of_error(pg_writing *w, const PGresult *r,
                               const pg_writing_part *p, err **out) {
    pg_session *s = w->session;
    bool is_stale = p != NULL && pg_session_is_stale(s, r);
    if ((is_stale || pg_session_is_reset(s, r)) &&
        w->renewals++ < MAX_RENEWALS) {
        if (is_stale)
            pg_pool_forget(w->line, p->statement);
        return PG_VERDICT_AGAIN;
    }
    if (pg_session_is_conflict(s, r) && ++w->tries < MAX_TRIES)
        return PG_VERDICT_AGAIN;
    *out = pg_session_error(s, w->a, r);
    const char *constraint =
        s->pq->PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
    bool is_of_rows = p != NULL && p->mutation.model != NULL;
    if (is_of_rows && state_trigger_is(str_of(constraint))) {
        str column = str_of(s->pq->PQresultErrorField(r, PG_DIAG_COLUMN_NAME));
        *out = pg_violation_of_states(w->a, &p->mutation, column, *out);
        return PG_VERDICT_FAILED;
    }
    if (!pg_violation_may_tell(s->database->schema,
                               p != NULL ? &p->mutation : NULL, *out,
                               str_of(constraint)))
        (*out)->details = (str){0};
    return PG_VERDICT_FAILED;
}

/* may_be_done: the server may have committed what it did not answer. */
pg_verdict pg_verdict_of_loss(pg_writing *w, const pg_ticket *t,
                              bool may_be_done, err **out) {
    if (may_be_done && !t->is_untouched) {
        *out = unknown_outcome(w->a);
        return PG_VERDICT_FAILED;
    }
    if (w->losses++ == 0)
        return PG_VERDICT_AGAIN;
    *out = err_new(w->a, ERR_UNAVAILABLE,
                   "Database client error. Retrying the connection.");
    return PG_VERDICT_FAILED;
}

/* Of statements whose Sync, if it commits them, was sent with them. */
pg_verdict pg_verdict_of_parts(pg_writing *w, bool may_be_done, err **out) {
    const pg_writing_part *failed = find_failed(w);
    if (failed == NULL)
        return PG_VERDICT_DONE;
    w->failed_at = failed->of;
    if (failed->ticket.state == PG_FAILED)
        return pg_verdict_of_error(w, failed->ticket.result, failed, out);
    w->failed_at = w->count;
    /* Skipped, and yet the first: the connection is not in the state that it
     * should be in. */
    bool is_lost = failed->ticket.state != PG_SKIPPED;
    if (!is_lost)
        pg_pool_break(w->line, "a statement was skipped");
    return pg_verdict_of_loss(w, &failed->ticket, may_be_done && is_lost, out);
}

pg_verdict pg_verdict_of_end(pg_writing *w, err **out) {
    w->failed_at = w->count;
    if (w->end.state == PG_DONE)
        return PG_VERDICT_DONE;
    if (w->end.state == PG_FAILED)
        return pg_verdict_of_error(w, w->end.result, NULL, out);
    return pg_verdict_of_loss(w, &w->end, true, out);
}
