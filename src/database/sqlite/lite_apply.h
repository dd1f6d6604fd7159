/*
 * lite_apply.h: runs one mutation inside the writer's open transaction.
 *
 * All of it or nothing: what it wrote is undone to a savepoint when it fails.
 * A single insert into a database of ours needs no savepoint, because SQLite
 * undoes a failed statement itself and nothing is deferred.
 */
#ifndef DATABASE_SQLITE_LITE_APPLY_H
#define DATABASE_SQLITE_LITE_APPLY_H

#include "database/sqlite/lite_cache.h"
#include "database/sqlite/lite_database.h"
#include "database/sqlite/lite_pace.h"

/* The writer's connection. */
typedef struct lite_write_connection {
    lite_database *database;
    sqlite3 *db; /* NULL: closed after an error, to be opened again */
    lite_cache *cache;
    lite_pace pace;
    buf scratch; /* a shape */
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *savepoint;
    sqlite3_stmt *release;
    sqlite3_stmt *undo;
} lite_write_connection;

typedef struct lite_outcome {
    err *failure;        /* or NULL: done */
    bool is_transaction; /* the transaction is still there */
} lite_outcome;

/* shape is that of the mutation's row 0; the result lives in the arena. */
lite_outcome lite_apply(lite_write_connection *c, arena *a, const mutation *m,
                        str shape, mutation_result *out);

#endif
