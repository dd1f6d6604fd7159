/*
 * relative.h: what an operator makes of the value that a column has.
 *
 *     {"stock": {"decrement": 1}}  ->  "stock" = "stock" - 1
 *
 * The database does it, under the row's lock; what PostgreSQL makes of it is
 * what is right, on SQLite, too: integers that stay in their range and whose
 * quotients are cut off, exact decimals, floats that stay finite. A null stays
 * null, but for a list, which begins empty.
 */
#ifndef DATABASE_RELATIVE_H
#define DATABASE_RELATIVE_H

#include "base/arena.h"
#include "base/err.h"
#include "database/value.h"
#include "schema/relative_operator.h"

/* operand is of the column's type and not null, but with RELATIVE_SET.
 * ERR_VALUE_RANGE and ERR_DIVISION with PostgreSQL's words, ERR_CORRUPT if what
 * is there is not of the type. For SQLite, for what a new row of a merge begins
 * with, and for who must know the result before it is written. */
fallible relative_apply(arena *a, const field *f, relative_operator op,
                        const value *before, const value *operand, value *out);

#endif
