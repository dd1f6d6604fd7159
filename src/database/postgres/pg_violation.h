/*
 * pg_violation.h: what a broken constraint may tell about rows.
 *
 *     Key (id, name)=(7, ann) already exists.
 *     Failing row contains (7, ann, s3cret).
 *
 * The server's details hold values, for whoever runs SQL. A client of ours may
 * write a row and not see each of its columns, and may take along rows of other
 * tables that it does not see at all. It is told what it gave itself, and keys
 * whose columns have no rules of their own.
 */
#ifndef DATABASE_POSTGRES_PG_VIOLATION_H
#define DATABASE_POSTGRES_PG_VIOLATION_H

#include "base/err.h"
#include "database/mutation.h"

/* e: with the server's code and details; m: what failed, or NULL if that is not
 * known; constraint: its name, or empty. */
bool pg_violation_may_tell(const schema *s, const mutation *m, const err *e,
                           str constraint);

/* What a trigger of @@states said about the column, in the words of the schema:
 * always an err. */
err *pg_violation_of_states(arena *a, const mutation *m, str column, err *e);

#endif
