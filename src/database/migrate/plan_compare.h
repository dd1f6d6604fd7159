/*
 * plan_compare.h: are two parts of a table the same? Names of constraints and
 * indexes are not compared here.
 */
#ifndef DATABASE_MIGRATE_PLAN_COMPARE_H
#define DATABASE_MIGRATE_PLAN_COMPARE_H

#include "database/structure.h"

/* The same columns in the same order. */
bool plan_is_same_primary_key(const structure_table *x,
                              const structure_table *y);

/* The same columns in the same order, directions, method, uniqueness, condition.
 * Not of an index that the schema language cannot say. */
bool plan_is_same_index(arena *a, const structure_index *x,
                        const structure_index *y);

/* The same pairs of columns in any order, the same parent and actions. x is of
 * a table in the schema x_schema, y in y_schema. */
bool plan_is_same_foreign_key(const structure_foreign_key *x, str x_schema,
                              const structure_foreign_key *y, str y_schema);

#endif
