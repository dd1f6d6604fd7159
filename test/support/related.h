/*
 * related.h: queries with related rows, in short.
 *
 *     related_query(w, HOPS, LENGTH(HOPS), "Person",
 *                   "id boss(name) ...company(name tags(id))");
 *
 * Columns and hops are separated by blanks; three points before a hop make it
 * a spread. A row's cells are its columns first, then its embeds.
 */
#ifndef TEST_SUPPORT_RELATED_H
#define TEST_SUPPORT_RELATED_H

#include "test/support/database_world.h"

typedef struct related_hop {
    const char *name;
    hop_kind kind;
    /* The table with the foreign key and its relation field. Of a join table
     * the origin and its list; of a junction, and its field to the origin. */
    const char *table;
    const char *field;
    const char *onward; /* of a junction: its field to the target */
} related_hop;

query related_query(const database_world *w, const related_hop *hops,
                    size_t hop_count, const char *table, const char *select);

/* One embed of its own, for a filter or an order. */
embed related_to(const database_world *w, const related_hop *hops,
                 size_t hop_count, const char *name, const char *select);

/* To change: the query's are const. */
embed *related_embeds(const query *q);

/* The keys that an embed of that query needs. */
const row_column *related_keys(arena *a, const query *q);

#endif
