/*
 * database.h: the one interface to a database, whatever the engine.
 *
 * A database is opened once for the process; each worker opens a session on
 * it, which stays on that worker's thread and serves all of its fibers. An
 * engine fills in the table of functions below; callers use the functions.
 *
 *     CLEANUP(database_rows_close) database_rows *rows = NULL;
 *     TRY(database_query(session, a, &q, &rows));
 *     while (database_rows_next(rows)) {
 *         use(rows->values[0]);
 *     }
 *     TRY(database_rows_end(rows));
 *
 * Errors carry codes of base/err_code.def (ERR_UNIQUE_VIOLATION, ERR_BUSY ...)
 * and PostgreSQL's texts with the schema's constraint names.
 */
#ifndef DATABASE_DATABASE_H
#define DATABASE_DATABASE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "database/mutation.h"
#include "database/protection.h"
#include "database/query.h"
#include "database/receipt.h"
#include "io/loop.h"
#include "schema/schema.h"

typedef struct database database;
typedef struct database_session database_session;

/* A running read. values are those of the current row, columns in the query's
 * order, valid until the next call. */
typedef struct database_rows {
    const value *values;
    size_t value_count;
    int64_t total; /* with wants_total, in the same snapshot as the rows */
    err *failure;  /* why database_rows_next returned false, or NULL */
} database_rows;

typedef struct database_config {
    str url; /* file:app.db, sqlite:app.db, postgresql://... */
    protection protection;
    /* Of Tenon's own tables, loaded beside the schema that is served; they are
     * made when they are missing. NULL: they are left alone. */
    const schema *system;
    bool has_no_events; /* the feed of recording.h is not kept */
    int64_t statement_timeout_ms;
    size_t read_connections;  /* for each session */
    size_t write_connections; /* the same; PostgreSQL */
    const str *replica_urls;  /* of PostgreSQL's, which take reads */
    size_t replica_count;
    int64_t replica_lag_ms;  /* one farther behind is not used */
    int64_t replica_wait_ms; /* for one to come as far as query.seen */
    const logger *log;       /* lost connections and the like; or NULL */
} database_config;

/* For which engine a schema must be loaded to serve the database of the URL. */
fallible database_engine_of(arena *a, str url, engine_kind *out);

/* Opens the database that the URL names and compares its catalog with the
 * schema; trees may also be about the models of config->system: ERR_CONFLICT, naming the first differences, when they differ;
 * ERR_NOT_FOUND when there is no database; ERR_BUSY when another process
 * serves its file. A server that is down is no failure: reads and writes are
 * ERR_UNAVAILABLE until it is there. The schemas must outlive the
 * database. Blocks. */
fallible database_open(arena *a, const database_config *config, const schema *s,
                       database **out);

/* The functions of some schemas of the database, to be called beside those of
 * s, the schema that it is opened with. ERR_UNSUPPORTED for another engine than
 * PostgreSQL, ERR_NOT_FOUND for a schema that is not there. Blocks. */
fallible database_expose_functions(arena *a, str url, const str *schemas,
                                   size_t count, const schema *s,
                                   const schema **out);

/* Waits for the writes under way, then closes. All sessions must be closed. */
void database_close(database *d);

/* Makes the database equal to the schema, creates it when it is missing, does
 * nothing when it is equal. What loses data is ERR_CONFLICT, naming what would
 * get lost, unless accepts_loss. All changes are made, or none. Appends what it
 * did, a line each, to report. Blocks. */
fallible database_push(arena *a, const database_config *config, const schema *s,
                       bool accepts_loss, buf *report);

/* On the worker's thread. */
fallible database_session_open(arena *a, database *d, loop *l,
                               database_session **out);
void database_session_close(database_session *s);

/* Is the database reachable and writable? For /readyz. */
fallible database_check(database_session *s, arena *a);

/* Starts a read. What it sees is never older than this call. The query must
 * live, and stay as it is, until the rows are closed. Suspends: here
 * and in database_rows_next, when the statement is slow or all connections are
 * taken. The statement time limit ends it with ERR_TIMEOUT. */
fallible database_query(database_session *s, arena *a, const query *q,
                        database_rows **out);
bool database_rows_next(database_rows *rows); /* Suspends. */
fallible database_rows_end(database_rows *rows);

/* For CLEANUP; NULL inside is fine. Gives the connection back. */
void database_rows_close(database_rows **rows);

/* Runs the mutation and returns after it is durable. On any err nothing of it
 * was written, but for ERR_IO from COMMIT, which says that the outcome is
 * unknown. Suspends; the result lives in a. */
fallible database_mutate(database_session *s, arena *a, const mutation *m,
                         mutation_result *out);

/* The same for several in one transaction, in their order, each of which sees
 * what those before it wrote; results are pairwise. On any err nothing was
 * written, and *failed_at is the index of the one that failed, or count when
 * it was the transaction. Suspends. */
fallible database_mutate_all(database_session *s, arena *a,
                             const mutation *const *mutations, size_t count,
                             mutation_result *results, size_t *failed_at);

/* The same, once for the receipt's key: if the key has an answer, that is in
 * the receipt and nothing was written; on any err nothing is kept. Without
 * mutations the receipt alone is written. ERR_KEY_REUSED, ERR_KEY_BUSY.
 * Suspends. */
fallible database_mutate_once(database_session *s, arena *a,
                              const mutation *const *mutations, size_t count,
                              receipt *once, mutation_result *results,
                              size_t *failed_at);

#endif
