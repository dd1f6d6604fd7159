/* lite_session.h: what one worker has of a SQLite database. */
#ifndef DATABASE_SQLITE_LITE_SESSION_H
#define DATABASE_SQLITE_LITE_SESSION_H

#include "database/sqlite/lite_reader.h"

struct lite_job;

typedef struct lite_session {
    database_session base;
    lite_database *database;
    arena *arena;
    lite_reader_pool readers;
    buf shape; /* scratch, for one call */

    /* Jobs that the writer has done, in a chain; who makes it non-empty posts
     * the message. */
    _Atomic(struct lite_job *) done;
    loop_message done_message;
} lite_session;

fallible lite_session_open(arena *a, lite_database *d, loop *l,
                           database_session **out);
void lite_session_close(database_session *base);

fallible lite_session_check(database_session *base, arena *a);
fallible lite_session_query(database_session *base, arena *a, const query *q,
                            database_rows **out);
bool lite_rows_next(database_rows *rows);
fallible lite_rows_end(database_rows *rows);
fallible lite_session_mutate(database_session *base, arena *a,
                             const mutation *const *mutations, size_t count,
                             receipt *once, mutation_result *results,
                             size_t *failed_at);

/* On the writer's thread: jobs of this session, chained by next, are done. The
 * jobs are their fibers' again. */
void lite_session_deliver(lite_session *s, struct lite_job *first,
                          struct lite_job *last);

#endif
