/*
 * lite_hop.h: from one row to those that are related to it, as SQL.
 *
 *     FROM "Task" AS t0 WHERE t0."projectId" = ?
 *     FROM "Tag" AS t1 WHERE t1."id" IN (SELECT "B" FROM "_PostToTag"
 *         WHERE "A" = t0."id")
 *
 * The origin's side is parameters, the links, of a statement of its own, or the
 * columns of the query around it.
 */
#ifndef DATABASE_SQLITE_LITE_HOP_H
#define DATABASE_SQLITE_LITE_HOP_H

#include "database/sqlite/lite_column.h"

/* The columns of the origin that lead to the target. */
size_t lite_hop_link_count(const hop *h);
const field *lite_hop_link(const hop *h, size_t i);

/* " FROM ... WHERE ...", the embed's own filter included. s is the target's
 * scope; the origin is in the one around it, or in parameters. */
void lite_hop_write(buf *out, lite_scope s, const embed *e, bool has_origin);

/* Binds what of that are parameters, without the links, which stand first. */
int lite_hop_bind(arena *a, sqlite3_stmt *statement, int *at,
                  const lite_layout *layout, const embed *e);

#endif
