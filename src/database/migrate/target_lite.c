/* target_lite.c: a SQLite file, or a database in memory, as a target. */
#include <time.h>

#include "database/migrate/target_engine.h"
#include "database/sql.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_file.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_structure.h"
#include "database/sqlite/lite_system.h"
#include "database/system_schema.h"

enum { NO_LOCK = -1 };

typedef struct lite_target {
    target base;
    target_access access;
    sqlite3 *db; /* NULL: a file that is not there yet */
    str path;    /* empty: in memory */
    int lock;
    int claim;
} lite_target;

static lite_target *of(target *t) {
    return CONTAINER_OF(t, lite_target, base);
}

static lite_target *make(arena *a, str path, str label) {
    lite_target *t = arena_new_array(a, lite_target, 1);
    *t = (lite_target){
        .base = {.engine = ENGINE_SQLITE, .label = label},
        .path = path,
        .lock = NO_LOCK,
        .claim = NO_LOCK,
    };
    return t;
}

static void lite_target_close(target *base) {
    lite_target *t = of(base);
    lite_disconnect(&t->db);
    if (t->claim != NO_LOCK)
        lite_file_unlock(t->claim);
    if (t->lock != NO_LOCK)
        lite_file_unlock(t->lock);
}

/* ---- Opening -------------------------------------------------------------*/

static err *lite_target_open(arena *a, str url, target_access access,
                             target **out) {
    str path = {0};
    bool exists = false;
    lite_configure();
    TRY(lite_file_locate(a, url, &path));
    TRY(lite_file_exists(a, path, &exists));
    if (!exists && access != TARGET_CHANGE)
        return err_new(a, ERR_NOT_FOUND, "there is no database %.*s",
                       STR_ARG(path));
    lite_target *t = make(a, path, path);
    t->access = access;
    if (exists)
        TRY(lite_connect(a, path,
                         access == TARGET_READ ? LITE_READER : LITE_WRITER,
                         NULL, &t->db));
    *out = &t->base;
    return NULL;
}

static err *lite_target_open_blank(arena *a, str url, str shadow,
                                   target **out) {
    (void)url;
    (void)shadow;
    lite_configure();
    lite_target *t = make(a, (str){0}, STR("a database in memory"));
    t->access = TARGET_CHANGE;
    TRY(lite_connect(a, STR(":memory:"), LITE_WRITER, NULL, &t->db));
    *out = &t->base;
    return NULL;
}

static err *lite_target_structure(arena *a, target *base, const str *schemas,
                                  size_t count, structure *out) {
    lite_target *t = of(base);
    (void)schemas;
    (void)count;
    if (t->db != NULL)
        return lite_structure_read(a, t->db, out);
    *out = (structure){.engine = ENGINE_SQLITE};
    return NULL;
}

/* SQLite gives a default back as it was written. */
static err *lite_target_settle(arena *a, target *base, const structure *have,
                               const structure *want,
                               const structure **settled) {
    (void)a;
    (void)base;
    (void)have;
    *settled = want;
    return NULL;
}

/* ---- The lock ------------------------------------------------------------*/

enum { ASK_AGAIN_MS = 20 };

static void pause_for(int64_t ms) {
    struct timespec time = {.tv_sec = ms / 1000,
                            .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&time, NULL);
}

static err *wait_for_lock(arena *a, lite_target *t, int64_t timeout_ms) {
    int64_t waited = 0;
    for (;;) {
        arena_place place = arena_mark(a);
        err *e = lite_file_lock(a, t->path, &t->lock);
        if (e == NULL || e->code != ERR_BUSY)
            return e;
        t->lock = NO_LOCK;
        if (waited >= timeout_ms)
            return err_with_hint(
                e, STR("stop the server or wait for the other migration; "
                       "--lock-timeout says how long to wait"));
        arena_rewind(a, place);
        pause_for(ASK_AGAIN_MS);
        waited += ASK_AGAIN_MS;
    }
}

/* What was open before is opened anew: another migration may have made the file
 * meanwhile, and the claim must be older than SQLite's own locks. */
static err *lite_target_lock(arena *a, target *base, int64_t timeout_ms) {
    lite_target *t = of(base);
    bool exists = false;
    if (str_is_empty(t->path))
        return NULL;
    lite_disconnect(&t->db);
    TRY(wait_for_lock(a, t, timeout_ms));
    TRY(lite_file_exists(a, t->path, &exists));
    if (!exists)
        TRY(lite_file_create(a, t->path));
    TRY(lite_file_claim(a, t->path, &t->claim));
    TRY(lite_connect(a, t->path, LITE_WRITER, NULL, &t->db));
    return lite_use_wal(a, t->db);
}

/* ---- Transactions --------------------------------------------------------*/

static err *lite_target_begin(arena *a, target *base) {
    lite_target *t = of(base);
    if (t->access == TARGET_READ)
        return lite_run(a, t->db, "BEGIN");
    TRY(lite_run(a, t->db, "PRAGMA foreign_keys = OFF"));
    return lite_run(a, t->db, "BEGIN IMMEDIATE");
}

static err *check_foreign_keys(arena *a, sqlite3 *db) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, db,
                     STR("SELECT \"table\", rowid, parent, count(*) OVER ()"
                         " FROM pragma_foreign_key_check() LIMIT 1"),
                     0, &row));
    int rc = sqlite3_step(row);
    TRY(lite_check(a, db, rc));
    if (rc != SQLITE_ROW)
        return NULL;
    str child = lite_column_text(row, 0);
    str rowid = lite_column_text(row, 1);
    str parent = lite_column_text(row, 2);
    long long others = sqlite3_column_int64(row, 3) - 1;
    return err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                   "row %.*s of table \"%.*s\" would refer to a row of"
                   " \"%.*s\" that is not there; and %lld more",
                   STR_ARG(rowid), STR_ARG(child), STR_ARG(parent), others);
}

static void lite_target_rollback(target *base) {
    lite_target *t = of(base);
    if (t->db != NULL && sqlite3_get_autocommit(t->db) == 0)
        (void)sqlite3_exec(t->db, "ROLLBACK", NULL, NULL, NULL);
}

static err *lite_target_commit(arena *a, target *base) {
    lite_target *t = of(base);
    err *e = t->access == TARGET_CHANGE ? check_foreign_keys(a, t->db) : NULL;
    if (e == NULL)
        e = lite_run(a, t->db, "COMMIT");
    if (e != NULL)
        lite_target_rollback(base);
    return e;
}

/* ---- Statements ----------------------------------------------------------*/

static size_t lines_before(const char *text, const char *at) {
    size_t lines = 1;
    for (; text < at; text++)
        lines += *text == '\n';
    return lines;
}

/* Rows that do not fit are no mistake of ours. */
static err_code code_of(const lite_target *t, const err *cause) {
    switch (sqlite3_extended_errcode(t->db)) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return ERR_UNIQUE_VIOLATION;
    case SQLITE_CONSTRAINT_NOTNULL:
        return ERR_NOT_NULL_VIOLATION;
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_DATATYPE:
        return ERR_CHECK_VIOLATION;
    default:
        return cause->code;
    }
}

/* SQLite says at which byte of the statement it stumbled, when it does. */
static err *statement_error(arena *a, const lite_target *t, str name,
                            const char *script, const char *statement, int rc) {
    while (*statement == ' ' || *statement == '\n' || *statement == '\r' ||
           *statement == '\t')
        statement++;
    int offset = sqlite3_error_offset(t->db);
    const char *place = offset > 0 ? statement + offset : statement;
    const err *cause = lite_error(a, t->db, rc);
    const char *said = rc == SQLITE_AUTH
                           ? "the migration is one transaction already: remove"
                             " BEGIN, COMMIT and ROLLBACK"
                           : sqlite3_errmsg(t->db);
    if (str_is_empty(name))
        return err_new(a, code_of(t, cause), "%s", said);
    return err_new(a, code_of(t, cause), "%.*s:%zu: %s", STR_ARG(name),
                   lines_before(script, place), said);
}

static int run_one(sqlite3 *db, const char *sql, const char **rest) {
    CLEANUP(lite_finalize) sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, rest);
    if (rc != SQLITE_OK || statement == NULL)
        return rc;
    do
        rc = sqlite3_step(statement);
    while (rc == SQLITE_ROW);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Ours must end where we end it: what came before could not be undone. */
static int refuse_transactions(void *unused, int action, const char *what,
                               const char *x, const char *y, const char *z) {
    (void)unused;
    (void)what;
    (void)x;
    (void)y;
    (void)z;
    return action == SQLITE_TRANSACTION ? SQLITE_DENY : SQLITE_OK;
}

static err *run_all(arena *a, const lite_target *t, str name, str sql) {
    const char *script = arena_cstr(a, sql);
    const char *at = script;
    while (*at != '\0') {
        const char *rest = at;
        int rc = run_one(t->db, at, &rest);
        if (rc != SQLITE_OK)
            return statement_error(a, t, name, script, at, rc);
        at = rest;
    }
    return NULL;
}

static err *lite_target_run(arena *a, target *base, str name, str sql) {
    lite_target *t = of(base);
    if (sqlite3_get_autocommit(t->db) != 0)
        return run_all(a, t, name, sql);
    sqlite3_set_authorizer(t->db, refuse_transactions, NULL);
    err *e = run_all(a, t, name, sql);
    sqlite3_set_authorizer(t->db, NULL, NULL);
    return e;
}

static err *bind_all(arena *a, const lite_target *t, sqlite3_stmt *statement,
                     const str *parameters, size_t count) {
    for (size_t i = 0; i < count; i++) {
        str name = arena_printf(a, "$%zu", i + 1);
        int at = sqlite3_bind_parameter_index(statement, arena_cstr(a, name));
        if (at > 0 && parameters[i].ptr != NULL)
            TRY(lite_check(a, t->db,
                           lite_bind_text(statement, at, parameters[i])));
    }
    return NULL;
}

/* SQLite has a code for mistakes of all kinds. */
static err *prepare(arena *a, const lite_target *t, str sql,
                    sqlite3_stmt **out) {
    err *e = lite_prepare(a, t->db, sql, 0, out);
    if (e != NULL &&
        str_starts_with(str_of(sqlite3_errmsg(t->db)), STR("no such table: ")))
        e->code = ERR_UNKNOWN_TABLE;
    return e;
}

static err *lite_target_query(arena *a, target *base, str sql,
                              const str *parameters, size_t count,
                              target_rows *out) {
    lite_target *t = of(base);
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(prepare(a, t, sql, &row));
    TRY(bind_all(a, t, row, parameters, count));
    *out = (target_rows){.column_count = (size_t)sqlite3_column_count(row)};
    str *cells = NULL;
    size_t cell_count = 0;
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        for (size_t i = 0; i < out->column_count; i++) {
            bool is_null = sqlite3_column_type(row, (int)i) == SQLITE_NULL;
            str text = lite_column_text(row, (int)i);
            str cell = is_null ? (str){0} : arena_copy(a, text);
            ARENA_PUSH(a, cells, cell_count, cell);
        }
        out->row_count++;
    }
    out->cells = cells;
    err *e = lite_check(a, t->db, rc);
    if (e != NULL)
        e->code = code_of(t, e);
    return e;
}

/* ---- Tenon's own tables ---------------------------------------------------*/

static err *lite_target_protect(arena *a, target *base, const schema *s,
                                const protection *p, buf *report) {
    const schema *system;
    (void)s;
    (void)p;
    (void)report;
    TRY(system_schema_load(a, NULL, ENGINE_SQLITE, &system));
    return lite_system_prepare(a, of(base)->db, system);
}

/* ---- Beginning anew ------------------------------------------------------*/

/* Through SQLite and not by removing the file, so that its name, its owner and
 * the lock on it stay. VACUUM attaches what it copies to. */
static err *lite_target_wipe(arena *a, target *base, const str *schemas,
                             size_t count) {
    lite_target *t = of(base);
    (void)schemas;
    (void)count;
    TRY(lite_check(
        a, t->db,
        sqlite3_db_config(t->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL)));
    TRY(lite_check(
        a, t->db,
        sqlite3_db_config(t->db, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL)));
    int attached = sqlite3_limit(t->db, SQLITE_LIMIT_ATTACHED, 1);
    err *e = lite_run(a, t->db, "VACUUM");
    sqlite3_limit(t->db, SQLITE_LIMIT_ATTACHED, attached);
    (void)sqlite3_db_config(t->db, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
    (void)sqlite3_db_config(t->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return e != NULL ? e : lite_use_wal(a, t->db);
}

const target_functions TARGET_LITE = {
    .open = lite_target_open,
    .open_blank = lite_target_open_blank,
    .close = lite_target_close,
    .structure = lite_target_structure,
    .settle = lite_target_settle,
    .lock = lite_target_lock,
    .begin = lite_target_begin,
    .commit = lite_target_commit,
    .rollback = lite_target_rollback,
    .run = lite_target_run,
    .query = lite_target_query,
    .protect = lite_target_protect,
    .wipe = lite_target_wipe,
};
