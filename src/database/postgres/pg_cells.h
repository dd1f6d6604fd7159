/*
 * pg_cells.h: the rows of a query at any depth: a SELECT with its cells.
 *
 *     SELECT t0."id", (SELECT coalesce(json_agg(row_to_json(t3.*)), '[]')
 *         FROM (SELECT t1."title" AS "title" FROM "Task" AS t1 WHERE
 *         t1."projectId" = t0."id" LIMIT 3) AS t3)
 *     FROM "Project" AS t0
 *
 * An embed is a cell that is a SELECT of its own, run for the rows of the
 * answer only: a join would be quicker where an index gives the rows in their
 * order, but where none does it is made for all rows, before they are sorted. A
 * spread has several cells and so is a LATERAL join; those of a hop to one row
 * come out of it as they are stored, and are shown, or aggregated, outside.
 */
#ifndef DATABASE_POSTGRES_PG_CELLS_H
#define DATABASE_POSTGRES_PG_CELLS_H

#include "database/postgres/pg_expression.h"

/* What the cells are called. */
typedef enum pg_naming {
    PG_UNNAMED,
    PG_BY_PLACE, /* AS c0, c1 ... */
    PG_BY_KEY,   /* as the object's keys: see pg_object_is_record */
} pg_naming;

typedef struct pg_cells {
    const query_column *columns;
    size_t column_count;
    const embed *embeds;
    size_t embed_count;
    size_t alias;   /* of the row */
    size_t spreads; /* of the first embed's join; one for each */
    pg_style style;
    pg_naming naming;
    bool is_spread; /* those of a hop to one, to be shown by who selects them */
    bool is_grouped; /* by the cells that are no aggregates */
    size_t count;    /* written */
} pg_cells;

/* Of a row with that alias; takes the aliases of the joins. */
pg_cells pg_cells_of(pg_sql *w, const query_column *columns,
                     size_t column_count, const embed *embeds,
                     size_t embed_count, size_t alias);

/* "a", "b"; 1 when there are none. */
void pg_cells_write(pg_sql *w, pg_cells *c);

/* Behind FROM: the joins of the spreads. */
void pg_cells_write_joins(pg_sql *w, const pg_cells *c);

/* ORDER BY what the query says, if it says so. */
void pg_cells_write_order(pg_sql *w, const query *q, const pg_cells *c);

/* What a query's rows come from, a table or a function, with its alias. */
void pg_cells_write_source(pg_sql *w, const query *q, size_t alias);

/* The whole SELECT of the query's table. */
void pg_cells_write_query(pg_sql *w, const query *q);

#endif
