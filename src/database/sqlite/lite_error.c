#include "database/sqlite/lite_error.h"

#include <errno.h>
#include <limits.h>

#include "base/assert.h"

/* Codes that are not here say that our SQL is wrong. */
static const struct row {
    int result;
    err_code code;
} ROWS[] = {
    {SQLITE_BUSY, ERR_BUSY},
    {SQLITE_LOCKED, ERR_BUSY},
    {SQLITE_PROTOCOL, ERR_BUSY},
    {SQLITE_READONLY, ERR_READ_ONLY},
    {SQLITE_FULL, ERR_DISK_FULL},
    {SQLITE_IOERR, ERR_IO},
    {SQLITE_CANTOPEN, ERR_IO},
    {SQLITE_CORRUPT, ERR_CORRUPT},
    {SQLITE_NOTADB, ERR_CORRUPT},
    {SQLITE_INTERRUPT, ERR_TIMEOUT},
    {SQLITE_ABORT, ERR_UNAVAILABLE},
    {SQLITE_NOMEM, ERR_UNAVAILABLE},
    {SQLITE_TOOBIG, ERR_TOO_LARGE},
    {SQLITE_PERM, ERR_IO},
    {SQLITE_MISMATCH, ERR_VALUE_RANGE},
    {SQLITE_SCHEMA, ERR_UNAVAILABLE},
};

static err_code code_of_result(int rc) {
    for (size_t i = 0; i < LENGTH(ROWS); i++)
        if (ROWS[i].result == (rc & 0xff))
            return ROWS[i].code;
    return ERR_INTERNAL;
}

/* SQLite calls most of what the operating system refuses an I/O error. */
static err_code code_of_errno(int number, err_code otherwise) {
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return ERR_DISK_FULL;
    case EROFS:
        return ERR_READ_ONLY;
    default:
        return otherwise;
    }
}

/* Behind the code of a result stands what others may define: SQLite itself has
 * nothing there for this one. */
enum { OURS = SQLITE_MISMATCH, CODE_SHIFT = 8 };

void lite_fail(sqlite3_context *c, const err *e) {
    ASSERT(e->message.len < INT_MAX);
    sqlite3_result_error(c, e->message.ptr, (int)e->message.len);
    sqlite3_result_error_code(c, OURS | ((int)e->code + 1) << CODE_SHIFT);
}

static bool is_ours(int rc) {
    return (rc & 0xff) == OURS && rc >> CODE_SHIFT != 0 &&
           rc >> CODE_SHIFT <= ERR_CODE_COUNT;
}

err *lite_error(arena *a, sqlite3 *db, int rc) {
    if (db != NULL && is_ours(rc))
        return err_new(a, (err_code)((rc >> CODE_SHIFT) - 1), "%s",
                       sqlite3_errmsg(db));
    err_code code = code_of_result(rc);
    /* What could not be synced was written, whatever the reason: it may come
     * back after a crash, which "no space left" would deny. */
    if (db != NULL && (code == ERR_IO || code == ERR_READ_ONLY) &&
        rc != SQLITE_IOERR_FSYNC)
        code = code_of_errno(sqlite3_system_errno(db), code);
    const char *said = db != NULL && sqlite3_errcode(db) != SQLITE_OK
                           ? sqlite3_errmsg(db)
                           : sqlite3_errstr(rc);
    int extended = db != NULL ? sqlite3_extended_errcode(db) : rc;
    const err *cause = err_new(a, code, "sqlite: %s (%d)", said, extended);
    return err_wrap(a, cause, "%s", err_code_text(code));
}

err *lite_check(arena *a, sqlite3 *db, int rc) {
    if (LIKELY(rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE))
        return NULL;
    return lite_error(a, db, rc);
}
