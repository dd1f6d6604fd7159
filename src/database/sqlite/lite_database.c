#include "database/sqlite/lite_database.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/assert.h"
#include "database/sqlite/lite_call.h"
#include "database/sqlite/lite_checkpoint.h"
#include "database/sqlite/lite_compare.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_file.h"
#include "database/sqlite/lite_session.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_survey.h"
#include "database/sqlite/lite_system.h"
#include "database/sqlite/lite_writer.h"

enum {
    DEFAULT_STATEMENT_TIMEOUT_MS = 10 * 1000,
    DEFAULT_READ_CONNECTIONS = 4,
};

static lite_database *of(database *d) {
    return CONTAINER_OF(d, lite_database, base);
}

static str push_hint(void) {
    return STR("'tenon push' makes a database equal to the schema");
}

/* A database with migrations is changed by these alone. */
static str change_hint(arena *a, sqlite3 *db) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    err *e = lite_prepare(a, db,
                          STR("SELECT 1 FROM sqlite_schema"
                              " WHERE name = 'tenon_migration'"),
                          0, &row);
    if (e != NULL || sqlite3_step(row) != SQLITE_ROW)
        return push_hint();
    return STR("'tenon migrate deploy' applies the migrations that it lacks;"
               " 'tenon migrate check' tells what differs");
}

static err *find_file(arena *a, str url, str *path) {
    TRY(lite_file_locate(a, url, path));
    bool exists;
    TRY(lite_file_exists(a, *path, &exists));
    if (exists)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_NOT_FOUND, "there is no database %.*s", STR_ARG(*path)),
        push_hint());
}

/* Refuses what is not the schema's, and learns how others store values. */
static err *recognise(lite_database *d, arena *a, sqlite3 *db) {
    lite_comparison c;
    TRY(lite_compare(a, db, d->schema, &c));
    if (c.is_empty && d->schema->model_count > 0)
        return err_with_hint(err_new(a, ERR_CONFLICT,
                                     "the database %.*s is empty",
                                     STR_ARG(d->path)),
                             push_hint());
    err *e = lite_comparison_error(a, &c);
    if (e != NULL)
        return err_with_hint(e, change_hint(a, db));
    TRY(lite_survey(a, d->arena, db, d->schema, d->system, &c, &d->layout));
    return lite_call_check_all(a, db, d->schema);
}

/* A file that cannot be written to is read without them. */
static err *prepare_system(const lite_database *d, arena *a, sqlite3 *db) {
    err *e = d->system != NULL ? lite_system_prepare(a, db, d->system) : NULL;
    return e != NULL && e->code == ERR_READ_ONLY ? NULL : e;
}

static err *connect_writer(lite_database *d, arena *a, sqlite3 **out) {
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    TRY(lite_connect(a, d->path, LITE_WRITER, NULL, &db));
    TRY(lite_use_wal(a, db));
    err *e = recognise(d, a, db);
    if (e != NULL && e->code == ERR_CONFLICT)
        return e;
    TRY(e);
    TRY(prepare_system(d, a, db));
    *out = db;
    db = NULL;
    return NULL;
}

static void release(lite_database *d) {
    lite_checkpointer_free(d->checkpointer);
    lite_writer_free(d->writer);
    if (d->log >= 0)
        close(d->log);
    if (d->claim >= 0)
        lite_file_unlock(d->claim);
    if (d->lock >= 0)
        lite_file_unlock(d->lock);
    arena_free(d->arena);
    free(d);
}

static err *start(lite_database *d, arena *a, str url) {
    TRY(find_file(a, url, &d->path));
    d->path = arena_copy(d->arena, d->path);
    TRY(lite_file_lock(a, d->path, &d->lock));
    TRY(lite_file_claim(a, d->path, &d->claim));
    sqlite3 *db = NULL;
    TRY(connect_writer(d, a, &db));
    d->writer = lite_writer_new(d, db);
    TRY(lite_file_hold_log(a, d->path, &d->log));
    TRY(lite_checkpointer_new(a, d->path, &d->checkpointer));
    return lite_writer_start(a, d->writer);
}

static err *open_database(arena *a, const database_config *config,
                          const schema *s, database **out) {
    lite_configure();
    lite_database *d = calloc(1, sizeof *d);
    if (d == NULL)
        PANIC("out of memory");
    d->base.engine = &LITE_ENGINE;
    d->arena = arena_new();
    d->schema = s;
    d->system = config->system;
    d->statement_timeout_ms = config->statement_timeout_ms > 0
                                  ? config->statement_timeout_ms
                                  : DEFAULT_STATEMENT_TIMEOUT_MS;
    d->read_connections = config->read_connections > 0
                              ? config->read_connections
                              : DEFAULT_READ_CONNECTIONS;
    d->has_no_events = config->has_no_events;
    d->lock = -1;
    d->claim = -1;
    d->log = -1;
    err *e = start(d, a, config->url);
    if (e != NULL) {
        release(d);
        return e;
    }
    *out = &d->base;
    return NULL;
}

static void close_database(database *d) {
    release(of(d));
}

static err *open_session(arena *a, database *d, loop *l,
                         database_session **out) {
    return lite_session_open(a, of(d), l, out);
}

const engine LITE_ENGINE = {
    .open = open_database,
    .close = close_database,
    .session_open = open_session,
    .session_close = lite_session_close,
    .check = lite_session_check,
    .query = lite_session_query,
    .rows_next = lite_rows_next,
    .rows_end = lite_rows_end,
    .mutate = lite_session_mutate,
};
