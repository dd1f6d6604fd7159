/*
 * lite_writer.h: the one thread that writes.
 *
 * Workers queue jobs; the writer takes all that wait, runs each in a savepoint
 * of one transaction and commits them together, so that many share one sync to
 * the disk (group commit). No member shares another one's fate:
 *
 *   - a job that fails is undone to its savepoint and answered alone;
 *   - if its failure ended the whole transaction, nobody was written: it gets
 *     its error, and the others run again, each in a transaction of its own;
 *   - if COMMIT fails, all are undone and told so. After an I/O error from
 *     COMMIT nobody knows what is on the disk: they are told that, and the
 *     connection, which would commit the rest next time, is closed.
 */
#ifndef DATABASE_SQLITE_LITE_WRITER_H
#define DATABASE_SQLITE_LITE_WRITER_H

#include "database/sqlite/lite_apply.h"
#include "database/sqlite/lite_session.h"

/* Mutations on their way through the writer; without any, and no receipt, a
 * question whether the database could be written to. Lives on its fiber's stack: the writer's
 * between submit and deliver. */
typedef struct lite_job {
    const lite_write *writes;
    size_t count;
    receipt *once; /* or NULL */
    arena *arena;
    size_t failed_at; /* which write failed; count: none, or the transaction */
    lite_session *session;
    fiber *fiber;
    int64_t queued_ms;
    int64_t patience_ms; /* how long it may wait for the database */
    err *failure;
    bool is_done; /* on the fiber's thread only */
    struct lite_job *next;
} lite_job;

typedef struct lite_writer lite_writer;

/* Takes over the connection. */
lite_writer *lite_writer_new(lite_database *d, sqlite3 *db);

fallible lite_writer_start(arena *a, lite_writer *w);

/* Runs what is queued, stops the thread, closes. NULL is fine. */
void lite_writer_free(lite_writer *w);

/* From any thread. The job comes back by lite_session_deliver. */
void lite_writer_submit(lite_writer *w, lite_job *job);

#endif
