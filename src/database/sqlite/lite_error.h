/*
 * lite_error.h: SQLite's result codes as errs.
 *
 * The message is ours and fit for a client; what SQLite said, which may name
 * files, is the cause below it, for the log and the terminal.
 */
#ifndef DATABASE_SQLITE_LITE_ERROR_H
#define DATABASE_SQLITE_LITE_ERROR_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"

/* Makes an SQL function of ours fail: lite_error gives e back, without details
 * and hint. */
void lite_fail(sqlite3_context *c, const err *e);

/* rc must be a failure. Constraint violations have better texts: see
 * lite_violation.h. */
fallible lite_error(arena *a, sqlite3 *db, int rc);

/* Is it another process that is in the way? What failed may be tried again. */
static inline bool lite_is_locked(int rc) {
    int primary = rc & 0xff;
    return primary == SQLITE_BUSY || primary == SQLITE_LOCKED ||
           primary == SQLITE_PROTOCOL;
}

/* NULL for SQLITE_OK, SQLITE_ROW and SQLITE_DONE. */
fallible lite_check(arena *a, sqlite3 *db, int rc);

#endif
