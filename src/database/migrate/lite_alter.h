/*
 * lite_alter.h: what has to happen to one table of a SQLite database.
 *
 * SQLite adds columns, renames, and drops columns that nothing mentions. For
 * all else a table is rebuilt: a new one is made, filled from the old one and
 * given its name. A rebuild keeps what the schema does not know of: CHECKs,
 * generated columns, collations, indexes over expressions, triggers.
 *
 * Tables that others made have no CHECKs of ours, and their dates may be in
 * another form; those of the first release have no CHECKs of plain types. They
 * stay as they are: a CHECK that is not there is then no difference.
 */
#ifndef DATABASE_MIGRATE_LITE_ALTER_H
#define DATABASE_MIGRATE_LITE_ALTER_H

#include "database/migrate/plan_builder.h"

typedef struct lite_alter {
    const table_pair *pair;
    structure_table now;  /* as it is, under the new names */
    structure_table want; /* as it shall be, with what is kept */
    bool is_rebuilt;
} lite_alter;

lite_alter lite_alter_make(plan_builder *b, const table_pair *pair);

/* Have the values of a column that is in both to be converted or tested? */
bool lite_alter_has_other_values(plan_builder *b, const lite_alter *t,
                                 const structure_column *now,
                                 const structure_column *want);

/* The index of t that is as good as x, or NULL. */
const structure_index *lite_alter_find_index(arena *a, const structure_table *t,
                                             const structure_index *x);

#endif
