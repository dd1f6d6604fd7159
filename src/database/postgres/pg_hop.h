/*
 * pg_hop.h: from a row to those that a relation, or a function, leads to.
 *
 *     "Task" AS t1                             and  t1."projectId" = t0."id"
 *     "Tag" AS t1 JOIN "_TagToTask" AS t2 ON t2."A" = t1."id"
 *                                              and  t2."B" = t0."id"
 *     "api"."kin"(ROW(t0."id", ...)::"api"."people") AS t1       and  true
 */
#ifndef DATABASE_POSTGRES_PG_HOP_H
#define DATABASE_POSTGRES_PG_HOP_H

#include "database/postgres/pg_sql.h"

/* The aliases of a hop. */
typedef struct pg_hop_place {
    size_t origin;
    size_t target;
    size_t between; /* the join table or junction, if there is one */
} pg_hop_place;

pg_hop_place pg_hop_place_new(pg_sql *w, size_t origin);

/* What stands behind FROM. */
void pg_hop_write_from(pg_sql *w, const hop *h, const model *target,
                       pg_hop_place place);

/* Which of these rows belong to the origin's. */
void pg_hop_write_link(pg_sql *w, const hop *h, pg_hop_place place);

#endif
