/*
 * pg_pipe.h: one connection to PostgreSQL on a worker's loop, in pipeline mode.
 *
 * Statements are sent without waiting for the answers of those before; answers
 * come in the order of the statements. What was put into the pipe during a turn
 * of the loop leaves at its end in one write, behind one Sync: the statements
 * up to a Sync are one implicit transaction, so reads that have nothing to do
 * with each other share one, and each write has its own.
 *
 *     pg_ticket ticket = {.fiber = fiber_current()};
 *     pg_pipe_run(p, &statement, &arguments, &ticket);
 *     while (ticket.state == PG_WAITING)
 *         ... park ...
 *     use(ticket.result), then PQclear it
 *
 * An error takes along what stands behind it up to the Sync: such tickets are
 * PG_SKIPPED, nothing of them happened, and a read simply tries again, with a
 * Sync of its own. When the connection is lost, all its tickets are PG_LOST.
 *
 * When the server says that a prepared statement is not there, and it was,
 * somebody has reset the session (DISCARD ALL, a proxy between us): role and
 * settings may be gone as well. Such a pipe is retired: what is in it is
 * answered, and then it is lost.
 *
 * A pipe belongs to a pg_pool, which closes it. It never suspends.
 */
#ifndef DATABASE_POSTGRES_PG_PIPE_H
#define DATABASE_POSTGRES_PG_PIPE_H

#include "database/postgres/pg_arguments.h"
#include "database/postgres/pg_library.h"
#include "database/postgres/pg_statements.h"
#include "io/fiber.h"

typedef struct pg_pipe pg_pipe;

typedef enum pg_ticket_state {
    PG_WAITING,
    PG_DONE,     /* result is what the statement gave */
    PG_FAILED,   /* result is the error */
    PG_SKIPPED,  /* something before it failed: nothing of it happened */
    PG_LOST,     /* the connection is gone */
    PG_TOO_MUCH, /* it is gone because of this ticket's result */
} pg_ticket_state;

/* libpq takes a whole result into memory before it hands it out. One of more
 * bytes than this costs the connection. */
enum { PG_RESULT_MAX = 64 * 1024 * 1024 };

/* One answer that somebody waits for. Must stay where it is while it waits. */
typedef struct pg_ticket {
    pg_ticket_state state;
    bool is_commit;   /* of an explicit transaction */
    bool is_sent;     /* an answer is to come, or has come */
    fiber *fiber;     /* woken when it no longer waits; NULL: nobody is */
    PGresult *result; /* from then on the holder's, to be cleared; or NULL */
    /* PG_LOST: the server cannot have worked on it. */
    bool is_untouched;
    uint64_t place; /* in the pipe */
} pg_ticket;

/* Takes the connection over, which must be idle. When it is lost, is_lost is
 * set and on_lost(owner) called, from the loop's stack; then close it. NULL
 * when the system has no room to watch one more socket: pg is closed. */
pg_pipe *pg_pipe_new(loop *l, const pg_library *pq, PGconn *pg,
                     void (*on_lost)(void *owner), void *owner);

/* All that wait get PG_LOST. Not while its hook for the end of the turn is
 * requested. */
void pg_pipe_free(pg_pipe *p);
bool pg_pipe_can_be_freed(const pg_pipe *p);

/* The statement, prepared in the pipe before it if it is not yet. A NULL ticket
 * is for answers that do not matter. What the arguments point to is copied. */
void pg_pipe_run(pg_pipe *p, const pg_prepared_use *use,
                 const pg_arguments *arguments, pg_ticket *ticket);

/* The server is to forget the statement of this number. It is told at the end
 * of the turn, in a transaction of its own. */
void pg_pipe_drop(pg_pipe *p, uint64_t number);

/* Ends the implicit transaction: an error of what came since the last Sync, of
 * a COMMIT at its end as well, stays there. The ticket is PG_DONE when all of
 * it is committed. */
void pg_pipe_sync(pg_pipe *p, pg_ticket *ticket);

/* As pg_pipe_sync, if something stands behind the last one. */
void pg_pipe_part(pg_pipe *p);

/* Nobody waits for this ticket any more. */
void pg_pipe_abandon(pg_pipe *p, pg_ticket *ticket);

/* How many answers are to come. */
size_t pg_pipe_load(const pg_pipe *p);

/* Is it the turn of this ticket's statement, or is it behind others? */
bool pg_pipe_is_first(const pg_pipe *p, const pg_ticket *ticket);

/* Does nothing stand behind it up to the next Sync? Else its answer may be there
 * and not be sent yet. */
bool pg_pipe_ends_part(const pg_pipe *p, const pg_ticket *ticket);

/* Is it the turn of what stands in this place? */
bool pg_pipe_is_next(const pg_pipe *p, uint64_t place);

/* Since when the server works on the statement whose turn it is, in loop_now's
 * time; INT64_MAX when there is nothing to do. */
int64_t pg_pipe_busy_since(const pg_pipe *p);

bool pg_pipe_is_lost(const pg_pipe *p);

/* Nothing more should be put into it. */
bool pg_pipe_is_retired(const pg_pipe *p);

/* What libpq said when the connection was lost, or its error; else empty. */
str pg_pipe_why_lost(const pg_pipe *p);

pg_statements *pg_pipe_statements(pg_pipe *p);

/* For a cancel request, which blocks: to be freed. NULL on a lost one. */
PGcancel *pg_pipe_canceller(pg_pipe *p);

/* Gives it up: nothing comes from it any more. */
void pg_pipe_break(pg_pipe *p, const char *why);

#endif
