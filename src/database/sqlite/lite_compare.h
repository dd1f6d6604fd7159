/*
 * lite_compare.h: is this database the one that the schema describes?
 *
 * A table whose kept SQL is what lite_ddl writes, or what it wrote in the first
 * release, is equal without looking closer. Others, such as those that Prisma
 * made or that were altered, are compared piece by piece: columns, types,
 * defaults, keys, indexes, foreign keys. CHECKs and names of constraints may be
 * missing there; a CHECK of ours may not be a different one. What the schema
 * language cannot say (partial indexes, generated columns) may be there
 * besides, and so may views.
 */
#ifndef DATABASE_SQLITE_LITE_COMPARE_H
#define DATABASE_SQLITE_LITE_COMPARE_H

#include <sqlite3.h>

#include "base/err.h"
#include "database/structure.h"

typedef struct lite_comparison {
    str *differences; /* a sentence each, naming table and column */
    size_t difference_count;
    /* By model->index: the values in it are as our CHECKs have them. */
    bool *is_our_table;
    bool *is_missing_view; /* by model->index */
    bool is_ours;          /* all tables are, and there are no triggers */
    bool is_empty;         /* there is no table at all */
} lite_comparison;

fallible lite_compare(arena *a, sqlite3 *db, const schema *s,
                      lite_comparison *out);

/* ERR_CONFLICT naming the first differences, or NULL when there are none. */
fallible lite_comparison_error(arena *a, const lite_comparison *c);

#endif
