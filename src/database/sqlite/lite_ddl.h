/*
 * lite_ddl.h: a structure as SQLite's CREATE statements.
 *
 * One function for each thing, so that a plan makes what it needs; all without
 * the ';'. Names are those that Prisma's tools make.
 *
 * SQLite keeps the text of a CREATE statement as it was given. A table whose
 * kept text says what ours does is known to the last detail (lite_compare.h).
 */
#ifndef DATABASE_SQLITE_LITE_DDL_H
#define DATABASE_SQLITE_LITE_DDL_H

#include "base/arena.h"
#include "base/buf.h"
#include "database/structure.h"

/* CREATE TABLE, with all that SQLite can only say there: checks and foreign
 * keys. */
str lite_ddl_table(arena *a, const structure_table *t);

/* The same table under another name, as a rebuild needs it. */
str lite_ddl_table_as(arena *a, const structure_table *t, str name);

/* CREATE INDEX, or the definition of one that others made. */
str lite_ddl_index(arena *a, const structure_table *t,
                   const structure_index *x);

/* What stands behind ALTER TABLE ... ADD COLUMN: the column with its CHECK and
 * the foreign keys that it has alone. */
str lite_ddl_column(arena *a, const structure_table *t,
                    const structure_column *c);

/* All of it into an empty database, a statement after the other, each with its
 * ';' and a line end. */
void lite_ddl_create(arena *a, buf *out, const structure *s);

#endif
