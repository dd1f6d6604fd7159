/*
 * pg_pool.h: a worker's connections to PostgreSQL for one kind of work.
 *
 * Few and shared: statements of many fibers go through one connection, one
 * behind the other (pg_pipe.h), and a second one is opened when there is work
 * for it. More of them are for statements that take long: nobody is put behind
 * one of these if there is another connection or room for one. A transaction
 * that must see an answer before it goes on has its connection to itself.
 *
 * Connections are opened on threads of their own, because resolving names,
 * TLS and signing in block. While the database cannot be reached each try
 * comes later than the one before, up to some seconds, with jitter, and is made
 * only when somebody asks; all others are told at once. A connection that is
 * lost is replaced when it is needed.
 */
#ifndef DATABASE_POSTGRES_PG_POOL_H
#define DATABASE_POSTGRES_PG_POOL_H

#include "base/rand.h"
#include "database/postgres/pg_login.h"
#include "database/postgres/pg_pipe.h"
#include "io/blocking.h"
#include "io/tick.h"

/* One connection's place. */
typedef struct pg_line {
    pg_pipe *pipe; /* or NULL: closed */
    fiber *owner;  /* has it to itself, or NULL */
    bool is_opening;
    bool is_cancelling; /* what comes now could be hit instead */
    int64_t cancelled_ms;
} pg_line;

typedef struct pg_waiter pg_waiter;

typedef struct pg_pool {
    const pg_login *login;
    pg_path path;
    loop *loop;
    blocking_pool *threads;
    const logger *log; /* or NULL */
    pg_line *lines;
    size_t line_count;
    size_t kept;         /* the last so many are for PG_QUICK alone */
    size_t spread;       /* so many are opened for the sake of speed */
    int64_t patience_ms; /* for the server to answer a statement */

    pg_waiter *first_waiter;
    pg_waiter *last_waiter;
    size_t held_up;     /* reads that have waited long behind others */
    fiber_group fibers; /* those that connect and cancel */
    tick *watchdog;
    loop_hook reap;
    rand_source random;
    size_t failure_count; /* since the last success */
    int64_t next_try_ms;
    int credit; /* of answers, for reads that are sent again */
} pg_pool;

/* PG_QUICK: as PG_SHARED, for what is quick for sure (query.h). */
typedef enum pg_use { PG_SHARED, PG_QUICK, PG_ALONE } pg_use;

void pg_pool_init(arena *a, pg_pool *p, const pg_login *login, pg_path path,
                  loop *l, blocking_pool *threads, size_t line_count,
                  size_t spread);

/* All fibers must have ended. */
void pg_pool_close(pg_pool *p);

/* A connection to put statements into now, before anything suspends. PG_ALONE:
 * until it is given back. Suspends while there is none; ERR_UNAVAILABLE when
 * none can be had, ERR_TIMEOUT at the deadline. */
fallible pg_pool_take(pg_pool *p, arena *a, pg_use use, deadline until,
                      pg_line **out);
void pg_pool_give(pg_pool *p, pg_line *line);

/* Of a shared connection, which may be gone by the time that somebody who was
 * answered runs: see pg_statements_forget and pg_pipe_break. */
void pg_pool_forget(pg_line *line, uint64_t statement);
void pg_pool_break(pg_line *line, const char *why);

/* One on which nothing takes long, at once, or NULL; then one is perhaps being
 * opened. */
pg_line *pg_pool_find_quick(pg_pool *p, pg_use use);

/* For reads: keeps a connection for the quick ones, if there are enough. */
void pg_pool_keep_one(pg_pool *p);

/* Is there one for a read that was sent on line already, and is behind something
 * slow there?
 *
 * The server works through what it was sent all the same. When it is slow
 * because it has too much to do, reads that are sent again give it more. So
 * they may be a twentieth of those that were answered, and some at once; and
 * each may be sent again once when nothing has come for long. */
bool pg_pool_may_move(pg_pool *p, const pg_line *line, pg_use use,
                      bool has_moved);
void pg_pool_note_answer(pg_pool *p);

/* Has the server been at one statement for so long that those behind it had
 * better go elsewhere? */
bool pg_pool_is_slow(const pg_pool *p, const pg_line *line);

/* How long nothing may come from a connection before it is called slow. */
enum { PG_SLOW_MS = 10 };

/* While reads are held up, those that have run the longest make way, as many as
 * are held up: should the one on this connection, which runs now? Not before a
 * tenth of the time limit is over. */
bool pg_pool_must_make_way(const pg_pool *p, const pg_line *line);

/* How long a read waits behind others until it is held up. */
enum { PG_HELD_UP_MS = 250 };

/* Nobody waits for the ticket any more: the server is asked to end its
 * statement if it goes on with it for some time. */
void pg_pool_abandon(pg_pool *p, pg_line *line, pg_ticket *ticket);

/* May a statement that says it was cancelled be the victim of a request to
 * cancel another one? */
bool pg_pool_has_cancelled(const pg_pool *p, const pg_line *line);

#endif
