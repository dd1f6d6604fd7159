#include "database/sqlite/lite_connection.h"

#include <stddef.h>

#include "base/assert.h"
#include "base/sanitizer.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_function.h"
#include "database/sqlite/lite_gather.h"
#include "database/sqlite/lite_memory.h"
#include "database/sqlite/lite_statement.h"

/* FULL: an answer leaves after its commit reached the disk, and the log begins
 * anew when what was in it did. The crash tests build with OFF, to see that they
 * notice. */
#ifndef TENON_SQLITE_SYNCHRONOUS
#define TENON_SQLITE_SYNCHRONOUS "FULL"
#endif
#ifndef TENON_SQLITE_CHECKPOINT_SYNCHRONOUS
#define TENON_SQLITE_CHECKPOINT_SYNCHRONOUS TENON_SQLITE_SYNCHRONOUS
#endif

enum {
    /* Another process may hold the file for a moment, as when it recovers the
     * log. Readers are opened on a loop, which must not sleep. */
    OPEN_BUSY_MS = 2000,
};

/* The writer maps nothing: of a mapped page SQLite asks each time whether the log
 * has a newer one, and what the writer reads it mostly has at hand. */
static const char *const SETTINGS[] = {
    [LITE_READER] = "PRAGMA query_only = ON;"
                    "PRAGMA mmap_size = 268435456;"
                    "PRAGMA cache_size = -2000;",
    [LITE_WRITER] = "PRAGMA foreign_keys = ON;"
                    "PRAGMA synchronous = " TENON_SQLITE_SYNCHRONOUS ";"
                    "PRAGMA secure_delete = FAST;"
                    "PRAGMA cache_size = -16000;"
                    "PRAGMA journal_size_limit = 67108864;",
    [LITE_CHECKPOINTER] = "PRAGMA synchronous"
                          " = " TENON_SQLITE_CHECKPOINT_SYNCHRONOUS ";"
                          "PRAGMA cache_size = -500;",
};

static const struct limit {
    int id;
    int most;
} LIMITS[] = {
    {SQLITE_LIMIT_LENGTH, LITE_MAX_VALUE_BYTES},
    {SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024},
    {SQLITE_LIMIT_VARIABLE_NUMBER, LITE_MAX_PARAMETERS},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

static const struct switch_ {
    int id;
    int is_on;
} SWITCHES[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
};

void lite_configure(void) {
    /* ASan finds what goes too far in malloc's own pieces only. */
    if (!ASAN_IS_ON)
        (void)sqlite3_config(SQLITE_CONFIG_MALLOC, lite_memory_methods());
    /* Without the count of all memory in use, allocating takes no lock. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* A connection is used by one thread only. */
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)sqlite3_initialize();
    (void)lite_gather_register();
}

static err *set_up(arena *a, sqlite3 *db, lite_role role, lite_pace *pace) {
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, role == LITE_READER ? 0 : OPEN_BUSY_MS);
    for (size_t i = 0; i < LENGTH(LIMITS); i++)
        sqlite3_limit(db, LIMITS[i].id, LIMITS[i].most);
    for (size_t i = 0; i < LENGTH(SWITCHES); i++)
        TRY(lite_check(
            a, db,
            sqlite3_db_config(db, SWITCHES[i].id, SWITCHES[i].is_on, NULL)));
    TRY(lite_check(a, db, sqlite3_wal_autocheckpoint(db, 0)));
    /* Before the first look at the schema, which calls json_valid. */
    TRY(lite_check(a, db, lite_function_add_all(db, pace)));
    TRY(lite_run(a, db, SETTINGS[role]));
    if (pace != NULL)
        lite_pace_install(pace, db);
    return NULL;
}

err *lite_connect(arena *a, str path, lite_role role, lite_pace *pace,
                  sqlite3 **out) {
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(arena_cstr(a, path), &db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_PRIVATECACHE,
                             role == LITE_WRITER ? LITE_GATHER_VFS : NULL);
    TRY(lite_check(a, db, rc));
    TRY(set_up(a, db, role, pace));
    *out = db;
    db = NULL;
    return NULL;
}

err *lite_use_wal(arena *a, sqlite3 *db) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, db, STR("PRAGMA journal_mode = WAL"), 0, &row));
    int rc = sqlite3_step(row);
    TRY(lite_check(a, db, rc));
    str mode = lite_column_text(row, 0);
    if (str_equal(mode, STR("wal")))
        return NULL;
    return err_new(a, ERR_READ_ONLY,
                   "the database cannot be given a write-ahead log: its journal"
                   " mode stays %.*s",
                   STR_ARG(mode));
}

void lite_disconnect(sqlite3 **db) {
    int rc = sqlite3_close(*db);
    ASSERT(rc == SQLITE_OK); /* else a statement was left open */
    *db = NULL;
}
