/*
 * lite_apply.h: runs mutations inside the writer's open transaction.
 *
 * All of them or nothing: what was written is undone to a savepoint when one
 * fails. A single insert into a database of ours needs no savepoint, because SQLite
 * undoes a failed statement itself and nothing is deferred.
 */
#ifndef DATABASE_SQLITE_LITE_APPLY_H
#define DATABASE_SQLITE_LITE_APPLY_H

#include "database/sqlite/lite_cache.h"
#include "database/sqlite/lite_database.h"
#include "database/sqlite/lite_recorder.h"
#include "database/sqlite/lite_select.h"

/* The writer's connection. */
typedef struct lite_write_connection {
    lite_database *database;
    sqlite3 *db; /* NULL: closed after an error, to be opened again */
    lite_cache *cache;
    lite_cache *reads; /* statements of lite_select_find */
    lite_recorder *recorder;
    lite_pace pace;
    buf scratch; /* a shape */
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *savepoint;
    sqlite3_stmt *release;
    sqlite3_stmt *undo;
} lite_write_connection;

typedef struct lite_write {
    const mutation *mutation;
    str shape;               /* of its row 0 */
    mutation_result *result; /* lives in the arena of who applies it */
} lite_write;

typedef struct lite_outcome {
    err *failure;        /* or NULL: done */
    bool is_transaction; /* the transaction is still there */
} lite_outcome;

/* For reads inside of the transaction. */
lite_source lite_apply_source(lite_write_connection *c);

/* Several writes share one time limit; their results are one array. once may be
 * NULL: then count is 1 or more. *failed_at is set when it was one of them. */
lite_outcome lite_apply(lite_write_connection *c, arena *a,
                        const lite_write *writes, size_t count, receipt *once,
                        size_t *failed_at);

#endif
