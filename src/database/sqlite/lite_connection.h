/*
 * lite_connection.h: how a SQLite connection of ours is set up.
 *
 * All of them: WAL, no automatic checkpoints (lite_checkpoint.h), no shared
 * cache and no mutexes (each belongs to one thread), untrusted schemas may not
 * call functions, double quotes never make strings, bounds on lengths.
 */
#ifndef DATABASE_SQLITE_LITE_CONNECTION_H
#define DATABASE_SQLITE_LITE_CONNECTION_H

#include <sqlite3.h>

#include "base/err.h"
#include "database/sqlite/lite_pace.h"

typedef enum lite_role {
    LITE_READER,
    LITE_WRITER,
    LITE_CHECKPOINTER,
} lite_role;

enum {
    LITE_MAX_PARAMETERS = 32766,
    LITE_MAX_VALUE_BYTES = 256 * 1024 * 1024,
};

/* Opens an existing file. pace, or NULL, must live as long as the connection.
 * The path is absolute. ERR_BUSY when another process keeps it locked. */
fallible lite_connect(arena *a, str path, lite_role role, lite_pace *pace,
                      sqlite3 **out);

/* Makes the file one with a write-ahead log, which it then stays. */
fallible lite_use_wal(arena *a, sqlite3 *db);

/* For CLEANUP. All of its statements must be finalized. */
void lite_disconnect(sqlite3 **db);

/* Once for the process, before the first connection; more often does no harm.
 * Not while another thread uses SQLite. */
void lite_configure(void);

#endif
