/*
 * migration_side.h: a database of either engine, to try plans on.
 *
 * Rows are made from the columns' types so that all foreign keys fit: the value
 * of a column depends on its type and the number of the row alone, so a
 * reference of row 2 is to row 2.
 */
#ifndef TEST_SUPPORT_MIGRATION_SIDE_H
#define TEST_SUPPORT_MIGRATION_SIDE_H

#include "database/migrate/plan.h"
#include "database/migrate/target.h"

typedef struct migration_side {
    engine_kind engine;
    target *target;
} migration_side;

/* An empty database in memory. */
migration_side migration_side_lite(arena *a);

/* A database of PostgreSQL, made empty. */
migration_side migration_side_postgres(arena *a, str url);

/* For CLEANUP. */
void migration_side_close(migration_side *side);

fallible migration_side_run(arena *a, const migration_side *side, str sql);
fallible migration_side_read(arena *a, const migration_side *side,
                             const structure *like, structure *out);

/* Up to three rows for each table. False, and nothing written, when there is a
 * required column for which no value is known. */
bool migration_side_fill(arena *a, const migration_side *side,
                         const structure *s);

/* How many rows there are, and for each of these columns a line with all its
 * values, sorted. */
str migration_side_values(arena *a, const migration_side *side,
                          const structure_table *t, const str *columns,
                          size_t count);

#endif
