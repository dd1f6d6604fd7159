/*
 * pg_select.h: a query as one statement of PostgreSQL, and its values.
 *
 * The cells of a row are those of the query, embeds and spreads included, in
 * text format as pg_form.h reads them. Embedded rows are JSON that the
 * statement builds.
 *
 * Nothing but names of the schema is in the text, and small numbers behind
 * LIMIT: values, other keys of embedded objects and the steps of JSON paths are
 * parameters, in an order that pg_select_bind follows because both are one walk
 * (pg_sql.h).
 */
#ifndef DATABASE_POSTGRES_PG_SELECT_H
#define DATABASE_POSTGRES_PG_SELECT_H

#include "base/err.h"
#include "database/postgres/pg_arguments.h"
#include "database/query.h"

/* Two queries are the same statement if these bytes are equal. */
void pg_select_write_shape(buf *out, const query *q);

/* The text may not fit: out says so (SQL_MAX is a fitting maximum). */
void pg_select_write(buf *out, const query *q);

/* Appends the values to out. Texts and bytes are borrowed from the query. */
fallible pg_select_bind(arena *a, pg_arguments *out, const query *q);

/*
 * How many rows pass the filter. One row with one cell, by q->total:
 *
 *     TOTAL_EXACT      the number
 *     TOTAL_PLANNED    the plan as JSON
 *     TOTAL_ESTIMATED  the number, but total_bound + 1 at most: if it is that,
 *                      ask again with TOTAL_PLANNED
 *
 * Two counts are the same statement if filter_write_shape of their filters,
 * the model, the function called and total are equal.
 */
void pg_count_write(buf *out, const query *q);
fallible pg_count_bind(arena *a, pg_arguments *out, const query *q);

/* Reads that cell. */
fallible pg_count_read(arena *a, total_kind kind, str cell, int64_t *out);

#endif
