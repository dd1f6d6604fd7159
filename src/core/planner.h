/*
 * planner.h: every read goes through here, whoever asks.
 *
 * A door says what it would like; the planner adds what the caller may see,
 * the order that makes pages stable (the row's identity always breaks ties and
 * is the order when none is given) and the most rows one answer may hold. A
 * read of one row by its identity needs neither. The same goes for all that the
 * query leads to (planner_hop.h).
 */
#ifndef CORE_PLANNER_H
#define CORE_PLANNER_H

#include "core/caller.h"
#include "database/mutation.h"

/* Starts the read. ERR_DENIED when a column is named, be it in the filter, that
 * the caller may not see. *out is NULL when the caller may see no row at all: the
 * database is not asked then, and the total is 0. Close *out with
 * database_rows_close. Suspends. */
fallible planner_read(const caller *c, const query *wanted,
                      database_rows **out);

/* What a mutation reads: checks and narrows the filter, what is handed back and
 * what that leads to, in place. The rows that it may write are not its
 * concern. ERR_DENIED, ERR_TOO_COMPLEX. */
fallible planner_narrow_mutation(const caller *c, mutation *m);

/* Does the filter name one row by its identity? */
bool planner_finds_one(const filter *f);

/* The next row, also of a NULL. Suspends. */
static inline bool planner_next(database_rows *rows) {
    return rows != NULL && database_rows_next(rows);
}

static inline MUST_USE err *planner_end(database_rows *rows) {
    return rows != NULL ? database_rows_end(rows) : NULL;
}

static inline int64_t planner_total(const database_rows *rows) {
    return rows != NULL ? rows->total : 0;
}

#endif
