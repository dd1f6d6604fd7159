/*
 * pg_session.h: what one worker has of a PostgreSQL database: connections for
 * reading and others for writing, because they are different roles.
 */
#ifndef DATABASE_POSTGRES_PG_SESSION_H
#define DATABASE_POSTGRES_PG_SESSION_H

#include "database/postgres/pg_database.h"
#include "database/postgres/pg_pool.h"
#include "database/postgres/pg_replica.h"

/* Two backends are twice as fast as one. */
enum { PG_SPREAD_READS = 2 };

struct pg_session {
    database_session base;
    pg_database *database;
    const pg_library *pq;
    arena *arena;
    loop *loop;
    pg_pool readers;
    pg_pool writers;
    pg_replicas replicas;
    buf shape; /* scratch, for one call */
    buf sql;   /* the same */
};

fallible pg_session_open(arena *a, database *d, loop *l,
                         database_session **out);
void pg_session_close(database_session *base);
fallible pg_session_check(database_session *base, arena *a);

/* pg_read.c */
fallible pg_read_open(database_session *base, arena *a, const query *q,
                      database_rows **out);
bool pg_read_next(database_rows *rows);
fallible pg_read_end(database_rows *rows);

/* pg_write.c */
fallible pg_write_run(database_session *base, arena *a,
                      const mutation *const *mutations, size_t count,
                      receipt *once, mutation_result *results,
                      size_t *failed_at);

/* A statement without parameters, kept prepared; sql is a constant. */
void pg_session_run(pg_session *s, pg_pipe *p, const char *sql,
                    pg_ticket *ticket);

/* The same with parameters. */
void pg_session_run_with(pg_session *s, pg_pipe *p, const char *sql,
                         const pg_arguments *arguments, pg_ticket *ticket);

/* The statement of the shape in s->shape, which write turns into SQL if the
 * connection has none prepared. Valid until the pipe's next statement. */
typedef void pg_sql_writer(buf *out, const void *tree);
fallible pg_session_statement(pg_session *s, arena *a, pg_pipe *p,
                              pg_sql_writer *write, const void *tree,
                              pg_prepared_use *out);

/* The same, but for itself: what becomes of others' preparations is no matter
 * to it. */
fallible pg_session_unprepared(pg_session *s, arena *a, pg_sql_writer *write,
                               const void *tree, pg_prepared_use *out);

/* As pg_pipe_run, if there are not too many arguments. */
fallible pg_session_check_arguments(arena *a, const pg_arguments *arguments);

/* What the server says about a statement that failed. */
fallible pg_session_error(const pg_session *s, arena *a, const PGresult *r);

/* Is it the SQLSTATE of this result, an error? */
bool pg_session_has_state(const pg_session *s, const PGresult *r,
                          const char *state);

/* The prepared statement is not there any more, and the connection is retired:
 * another one may have it. */
bool pg_session_is_reset(const pg_session *s, const PGresult *r);

/* The prepared statement is for a table as it was before somebody changed
 * it. */
bool pg_session_is_stale(const pg_session *s, const PGresult *r);

/* Has somebody else's transaction made this one fail, so that it may succeed
 * when it is tried again? */
bool pg_session_is_conflict(const pg_session *s, const PGresult *r);

/* Waits a little longer each time, and not the same for all. Suspends. */
void pg_session_back_off(pg_session *s, arena *a, int tries);

#endif
