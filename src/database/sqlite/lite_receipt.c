#include "database/sqlite/lite_receipt.h"

#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"

static const char MAKE[] =
    "CREATE TABLE IF NOT EXISTS \"tenon_idempotency\" (\n"
    "    \"id\" INTEGER PRIMARY KEY,\n"
    "    \"scope\" TEXT NOT NULL,\n"
    "    \"key\" TEXT NOT NULL,\n"
    "    \"fingerprint\" TEXT NOT NULL,\n"
    "    \"status\" INTEGER NOT NULL,\n"
    "    \"headers\" TEXT NOT NULL,\n"
    "    \"body\" BLOB NOT NULL,\n"
    "    \"created_at\" INTEGER NOT NULL,\n"
    "    UNIQUE (\"scope\", \"key\")\n"
    ") STRICT;\n"
    "CREATE INDEX IF NOT EXISTS \"tenon_idempotency_created_at_idx\""
    " ON \"tenon_idempotency\" (\"created_at\")";

static const char IS_THERE[] =
    "SELECT 1 FROM sqlite_schema WHERE name = 'tenon_idempotency'";

static const char FIND[] = "SELECT fingerprint, status, headers, body"
                           " FROM tenon_idempotency"
                           " WHERE scope = ?1 AND key = ?2 AND created_at > ?3";

/* One that is too old to be found may still be there. */
static const char KEEP[] =
    "INSERT OR REPLACE INTO tenon_idempotency"
    " (scope, key, fingerprint, status, headers, body, created_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

static const char PRUNE[] =
    "DELETE FROM tenon_idempotency WHERE id IN (SELECT id"
    " FROM tenon_idempotency WHERE created_at <= ?1"
    " ORDER BY created_at LIMIT ?2)";

enum { MS_AN_HOUR = 60 * 60 * 1000 };

static int64_t oldest(const receipt *r) {
    return r->now_ms - (int64_t)RECEIPT_LIFE_HOURS * MS_AN_HOUR;
}

/* The statement's own text tells it apart from all others. */
static err *take(lite_write_connection *c, arena *a, const char *sql,
                 lite_cached *out) {
    str text = str_of(sql);
    if (lite_cache_take(c->cache, text, out))
        return NULL;
    sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(a, c->db, text, SQLITE_PREPARE_PERSISTENT, &statement));
    *out = lite_cache_add(c->cache, text, statement);
    return NULL;
}

static err *failure(lite_write_connection *c, arena *a, int rc) {
    if ((rc & 0xff) == SQLITE_INTERRUPT && c->pace.has_ended)
        return lite_pace_error(a, &c->pace);
    return lite_check(a, c->db, rc);
}

static err *ensure_table(lite_write_connection *c, arena *a) {
    lite_cached used;
    TRY(take(c, a, IS_THERE, &used));
    int rc = sqlite3_step(used.statement);
    err *e = failure(c, a, rc);
    lite_cache_put(used);
    if (e != NULL || rc == SQLITE_ROW)
        return e;
    return lite_run(a, c->db, MAKE);
}

static err *read_answer(arena *a, sqlite3_stmt *row, receipt *r) {
    if (!str_equal(lite_column_text(row, 0), r->fingerprint))
        return receipt_refuse_reuse(a);
    r->is_repeat = true;
    r->answer = (receipt_answer){
        .status = sqlite3_column_int(row, 1),
        .headers = arena_copy(a, lite_column_text(row, 2)),
        .body = arena_copy(a, lite_value_bytes(lite_cell(row, 3))),
    };
    return NULL;
}

err *lite_receipt_find(lite_write_connection *c, arena *a, receipt *r) {
    lite_cached used;
    r->is_repeat = false;
    TRY(ensure_table(c, a));
    TRY(take(c, a, FIND, &used));
    sqlite3_stmt *s = used.statement;
    (void)lite_bind_text(s, 1, r->scope);
    (void)lite_bind_text(s, 2, r->key);
    (void)sqlite3_bind_int64(s, 3, oldest(r));
    int rc = sqlite3_step(s);
    err *e = rc == SQLITE_ROW ? read_answer(a, s, r) : failure(c, a, rc);
    lite_cache_put(used);
    return e;
}

static err *prune(lite_write_connection *c, arena *a, const receipt *r) {
    lite_cached used;
    TRY(take(c, a, PRUNE, &used));
    (void)sqlite3_bind_int64(used.statement, 1, oldest(r));
    (void)sqlite3_bind_int(used.statement, 2, RECEIPT_PRUNED);
    err *e = failure(c, a, sqlite3_step(used.statement));
    lite_cache_put(used);
    return e;
}

/* An empty text is not null. */
static str present(str text) {
    return text.ptr != NULL ? text : STR("");
}

static int bind(sqlite3_stmt *s, const receipt *r) {
    const receipt_answer *answer = &r->answer;
    int rc = lite_bind_text(s, 1, r->scope);
    rc |= lite_bind_text(s, 2, r->key);
    rc |= lite_bind_text(s, 3, r->fingerprint);
    rc |= sqlite3_bind_int(s, 4, answer->status);
    rc |= lite_bind_text(s, 5, present(answer->headers));
    rc |= lite_bind_bytes(s, 6, present(answer->body));
    rc |= sqlite3_bind_int64(s, 7, r->now_ms);
    return rc;
}

err *lite_receipt_keep(lite_write_connection *c, arena *a, receipt *r,
                       const mutation_result *results) {
    lite_cached used;
    TRY(receipt_make(a, r, results));
    TRY(take(c, a, KEEP, &used));
    int rc = bind(used.statement, r);
    err *e = failure(
        c, a, rc == SQLITE_OK ? sqlite3_step(used.statement) : SQLITE_NOMEM);
    lite_cache_put(used);
    return e != NULL ? e : prune(c, a, r);
}
