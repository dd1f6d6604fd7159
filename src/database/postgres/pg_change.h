/*
 * pg_change.h: a mutation as one statement of PostgreSQL, and its values.
 *
 *     INSERT INTO "Task" AS t0 ("title", "done")
 *     SELECT u.c0, u.c1 FROM unnest($1::text[], $2::boolean[]) AS u (c0, c1)
 *     RETURNING t0."id"
 *
 * A parameter is a whole column of the new rows, so one statement serves any
 * number of them; they are written, and come back, in the mutation's order. A
 * cell that is VALUE_DEFAULT leaves its column out: rows that differ in that
 * are different statements, which pg_change_part cuts apart (an insert has one
 * row or more). So is each row of a merge that has operators.
 *
 * Columns of a row of the result:
 *
 *     mutation_cell_count(m)  returning and the embeds' cells (pg_form_of_columns)
 *     judged_count            the judged columns
 *     1                       with CONFLICT_MERGE: t if the row is a new one
 *
 * With none of them there is no result but the command's tag.
 */
#ifndef DATABASE_POSTGRES_PG_CHANGE_H
#define DATABASE_POSTGRES_PG_CHANGE_H

#include "base/err.h"
#include "database/mutation.h"
#include "database/postgres/pg_arguments.h"

/* The rows of an insert from `first` on that one statement writes, as a
 * mutation of their own; the last part ends at m->row_count. */
mutation pg_change_part(const mutation *m, size_t first);

/* m is a part, an update or a delete; of a call it is the last statement
 * (pg_call.h has the others). Two are the same statement if their shapes are
 * equal. */
void pg_change_write_shape(buf *out, const mutation *m);
void pg_change_write(buf *out, const mutation *m);
fallible pg_change_bind(arena *a, pg_arguments *out, const mutation *m);

/* How many columns the result has. */
size_t pg_change_column_count(const mutation *m);

#endif
