/*
 * pg_relative.h: what a column becomes, as SQL.
 *
 *     increment   t0."stock" + $1::integer
 *     push        t0."tags" || $1::text[]
 */
#ifndef DATABASE_POSTGRES_PG_RELATIVE_H
#define DATABASE_POSTGRES_PG_RELATIVE_H

#include "database/postgres/pg_sql.h"
#include "database/relative.h"

/* Of the row that alias names. */
void pg_relative_write(pg_sql *w, size_t alias, const field *f,
                       relative_operator op, const value *operand);

#endif
