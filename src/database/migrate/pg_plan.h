/*
 * pg_plan.h: what the parts of PostgreSQL's plan share.
 *
 * Tables and columns get their new names first, so that all other parts speak
 * of them as the new schema does. Then what stands in the way goes (triggers,
 * foreign keys, indexes), types and columns change, and keys are made.
 */
#ifndef DATABASE_MIGRATE_PG_PLAN_H
#define DATABASE_MIGRATE_PG_PLAN_H

#include "database/migrate/plan_builder.h"

typedef struct enum_pair {
    const structure_enum *from; /* or NULL */
    const structure_enum *to;   /* or NULL */
    /* Values go or change places: a new type takes the place of the old one,
     * which has old_name until nothing is of it. */
    bool is_replaced;
    str old_name;
} enum_pair;

/* A table that is in both. */
typedef struct pg_alter {
    const table_pair *pair;
    structure_table now; /* under the new names */
    const structure_table *want;
    bool has_new_values; /* a column is converted or filled: triggers wait */
} pg_alter;

typedef struct pg_planning {
    plan_builder *b;
    pg_alter *alters;
    size_t alter_count;
    enum_pair *enums;
    size_t enum_count;
} pg_planning;

/* ";\n" */
void pg_plan_end_statement(plan_builder *b);

/* ALTER TABLE "schema"."name" and a blank. */
void pg_plan_begin_alter(plan_builder *b, const structure_table *t);

/* ---- pg_plan_enums.c ---- */

void pg_plan_match_enums(pg_planning *p);
void pg_plan_change_enums(pg_planning *p);
void pg_plan_drop_enums(pg_planning *p);

/* Is the column of another type afterwards? */
bool pg_plan_is_retyped(const pg_planning *p, const column_pair *c);

/* ---- pg_plan_columns.c ---- */

/* Is a column of the table converted or filled? */
bool pg_plan_has_new_values(const pg_planning *p, const table_pair *pair);
void pg_plan_change_columns(pg_planning *p, const pg_alter *t);

/* ---- pg_plan_keys.c ---- */

/* Foreign keys to tables that go; before any table has a new name. */
void pg_plan_drop_dangling(pg_planning *p);
void pg_plan_drop_keys(pg_planning *p);
void pg_plan_rename_keys(pg_planning *p);
void pg_plan_create_keys(pg_planning *p);
void pg_plan_create_concurrently(pg_planning *p);

#endif
