/*
 * plan_match.h: which table and column of one structure is which of the other.
 *
 * By name; else by what the schema says it was called before; else, on
 * PostgreSQL, by its name in another schema that it then moves from. What
 * stays without a partner comes or goes.
 *
 * A rename that is done already (the new name is there) is none.
 */
#ifndef DATABASE_MIGRATE_PLAN_MATCH_H
#define DATABASE_MIGRATE_PLAN_MATCH_H

#include "database/structure.h"

/* At least one is not NULL. */
typedef struct column_pair {
    const structure_column *from;
    const structure_column *to;
} column_pair;

typedef struct table_pair {
    const structure_table *from;
    const structure_table *to;
    /* When both are there: the columns of to in their order, then those that
     * go. */
    column_pair *columns;
    size_t column_count;
    bool is_renamed; /* or moved to another schema, or spelt in another case */
} table_pair;

typedef struct plan_match {
    table_pair *tables; /* those of to in their order, then those that go */
    size_t table_count;
} plan_match;

plan_match plan_match_make(arena *a, const structure *from,
                           const structure *to);

/* Of a table that is in both. */
bool plan_match_is_renamed(const column_pair *c);

/* A table of from as it is once all tables and columns have their new names.
 * Names of indexes, constraints and checks stay what they are. */
structure_table plan_match_rename(arena *a, const plan_match *m,
                                  const table_pair *pair);

/* An empty schema is PostgreSQL's "public". */
bool plan_match_is_same_schema(str x, str y);

#endif
