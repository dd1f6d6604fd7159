/*
 * pg_origin.h: from which columns of other relations the columns of a view
 * come.
 *
 * PostgreSQL keeps a view as the tree of its query, and in that, beside each
 * column, the table and column that it was taken from unchanged, through joins,
 * subqueries and WITH. It prints the tree as text (pg_rewrite.ev_action):
 *
 *     ({QUERY ... :targetList ({TARGETENTRY :expr {VAR ...} :resno 1
 *      :resname id :ressortgroupref 0 :resorigtbl 16385 :resorigcol 1
 *      :resjunk false}) ...})
 *
 * nodes/outfuncs.c of PostgreSQL writes it, names of fields the same in 14 to
 * 18. What origin is itself a view's is that view's column.
 */
#ifndef DATABASE_POSTGRES_PG_ORIGIN_H
#define DATABASE_POSTGRES_PG_ORIGIN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct pg_origin {
    int64_t column; /* of the view, from 1 */
    int64_t table;  /* its oid */
    int64_t origin; /* the column there, from 1 */
} pg_origin;

/* Of the columns that have one. Nothing for text that is no such tree. */
size_t pg_origin_read(arena *a, str tree, const pg_origin **out);

#endif
