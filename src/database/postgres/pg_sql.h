/*
 * pg_sql.h: one walk over a tree, for the text of a statement or for its
 * arguments.
 *
 * The functions that write a query name its parameters and hand over their
 * values at the same place. To write the text, out is there and arguments is
 * not: values are left aside. To bind, it is the other way round, and what
 * would be text costs a look at a pointer. So the two cannot disagree about
 * the order of the parameters.
 *
 * Tables get the aliases t0, t1 ... in the order in which they are met.
 */
#ifndef DATABASE_POSTGRES_PG_SQL_H
#define DATABASE_POSTGRES_PG_SQL_H

#include "base/err.h"
#include "database/postgres/pg_arguments.h"
#include "database/postgres/pg_cast.h"
#include "database/query.h"
#include "database/sql.h"

typedef struct pg_sql {
    buf *out; /* or NULL */
    arena *a; /* with arguments */
    pg_arguments *arguments;
    size_t parameter_count;
    size_t alias_count;
    bool has_fixed_limits; /* they are text, up to PG_FIXED_LIMIT_MAX */
    err *failure;          /* of the first value that cannot be sent, or NULL */
    const struct mutation *outcome; /* see pg_outcome.h; or NULL */
} pg_sql;

static inline bool pg_sql_is_text(const pg_sql *w) {
    return w->out != NULL;
}

static inline void pg_sql_put(pg_sql *w, str text) {
    if (w->out != NULL)
        buf_append(w->out, text);
}

/* t3 */
void pg_sql_alias(pg_sql *w, size_t alias);

/* t3."name" */
void pg_sql_column(pg_sql *w, size_t alias, str column);

/* s3.c0: a cell that an inner SELECT of ours has named. */
void pg_sql_cell(pg_sql *w, size_t alias, size_t cell);

/* "schema"."table" */
void pg_sql_table(pg_sql *w, const model *m);

/* $1::type, or $1 alone of an open one */
void pg_sql_value(pg_sql *w, pg_cast type, const value *v);

/* $1::type[], of count values that are stride apart. */
void pg_sql_values(pg_sql *w, pg_cast type, const value *values, size_t count,
                   size_t stride);

/* $1::text and the like, of a type that takes bytes. */
void pg_sql_text(pg_sql *w, str type, str text);

/* $1::bigint and the like. */
void pg_sql_number(pg_sql *w, str type, int64_t n);

/* Behind LIMIT: $1::bigint, or the number itself. */
enum { PG_FIXED_LIMIT_MAX = 1000 };
void pg_sql_limit(pg_sql *w, int64_t limit);

#endif
