/*
 * lite_group.h: groups of rows, with what they lead to.
 *
 *     SELECT t0."status", count(*), tenon_related(?, 0, t0."projectId")
 *         COLLATE tenon_json FROM "Task" AS t0 GROUP BY 1, 3
 *
 * What is embedded is part of what rows are grouped by, so it has to be there
 * before they are groups: the statement itself asks for it, by a function that
 * runs the embed's own statement (lite_embed.h). A column of a spread to one
 * row is looked up where it stands, and grouped by or aggregated like one of
 * the row's own:
 *
 *     tenon_sum((SELECT t1."age" FROM "Person" AS t1
 *         WHERE t1."id" = t0."personId" LIMIT 1), 2)
 */
#ifndef DATABASE_SQLITE_LITE_GROUP_H
#define DATABASE_SQLITE_LITE_GROUP_H

#include "database/sqlite/lite_embed.h"

/* All cells of the rows. */
void lite_group_write_cells(buf *out, lite_scope s, const query *q);

/* An order by a cell that a spread lifts, without its direction. */
void lite_group_write_key(buf *out, const query *q, const query_order *o);

/* Behind an ORDER BY if has_order: what the planner cannot name, so that groups
 * always come in one order. */
void lite_group_write_order(buf *out, const query *q, bool has_order);

/* How these cells are read. */
const lite_form *lite_group_forms(arena *a, const lite_layout *layout,
                                  const query *q);

/* Binds what the cells have parameters for; embeds are those of q, or NULL for
 * a statement that is not run. SQLite's result code. */
int lite_group_bind(arena *a, sqlite3_stmt *statement, int *at,
                    const lite_layout *layout, const query *q,
                    const lite_embeds *embeds);

#endif
