/*
 * plan_fill.h: what rows that are there get in a column that they lack.
 *
 * Its default; else what Tenon would have made for a new row, where the engine
 * can make it: an id that is a UUID, the time of the last change. Nothing for
 * the rest: those columns need a default, or an empty table.
 */
#ifndef DATABASE_MIGRATE_PLAN_FILL_H
#define DATABASE_MIGRATE_PLAN_FILL_H

#include "database/structure.h"

/* An SQL expression, evaluated for each row, or empty. */
str plan_fill(arena *a, engine_kind engine, const structure_column *c);

#endif
