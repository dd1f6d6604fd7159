/*
 * lite_violation.h: broken constraints in PostgreSQL's words.
 *
 * SQLite names columns, tables or nothing at all; clients expect the
 * constraint's name and the offending key. The schema knows the names; which
 * foreign key it was is found by asking for each one, in the same transaction,
 * with the failed statement undone.
 */
#ifndef DATABASE_SQLITE_LITE_VIOLATION_H
#define DATABASE_SQLITE_LITE_VIOLATION_H

#include "database/sqlite/lite_apply.h"

/* rc: the extended code; said: SQLite's message; row: which one it was. */
fallible lite_violation(lite_write_connection *c, arena *a, const mutation *m,
                        size_t row, int rc, str said);

fallible lite_violation_null(arena *a, const field *f);

/* Some foreign key, not known which. */
fallible lite_violation_foreign_key(lite_write_connection *c, arena *a,
                                    const mutation *m, size_t row);

/* The same at the end of the mutation, whichever row it was. */
fallible lite_violation_deferred(lite_write_connection *c, arena *a,
                                 const mutation *m);

#endif
