/*
 * pg_expression.h: a column, or what a derivation makes of it, as SQL.
 *
 *     t0."title"
 *     ((t0."data" -> $1::text) ->> $2::integer)::integer
 *     sum(t0."amount")::text
 */
#ifndef DATABASE_POSTGRES_PG_EXPRESSION_H
#define DATABASE_POSTGRES_PG_EXPRESSION_H

#include "database/postgres/pg_sql.h"

/* How a cell is handed on. */
typedef enum pg_style {
    PG_AS_STORED,  /* for comparison, order, and a SELECT around */
    PG_AS_CELL,    /* of a row of the answer: as pg_form.h reads it */
    PG_AS_JSON,    /* to be made part of JSON */
    PG_AS_GROUPED, /* of a row of the answer, and to be grouped by */
} pg_style;

/* d may be NULL. */
void pg_expression_write(pg_sql *w, size_t alias, const field *f,
                         const derivation *d, pg_style style);

/* Where it is compared or ordered by, as pg_cast_compared has it. */
void pg_expression_write_compared(pg_sql *w, size_t alias, const field *f,
                                  const derivation *d);

/* The two halves, for a cell that is named elsewhere: what comes before and
 * behind. */
void pg_expression_begin_style(pg_sql *w, const field *f, const derivation *d,
                               pg_style style);
void pg_expression_end_style(pg_sql *w, const field *f, const derivation *d,
                             pg_style style);

/* The aggregate and its cast, if d has one, around what is written between. */
void pg_expression_begin_aggregate(pg_sql *w, const field *f,
                                   const derivation *d);
void pg_expression_end_aggregate(pg_sql *w, const field *f,
                                 const derivation *d);

/* What is there before it is aggregated. */
void pg_expression_write_inner(pg_sql *w, size_t alias, const field *f,
                               const derivation *d);

#endif
