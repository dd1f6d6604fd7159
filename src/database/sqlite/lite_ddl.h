/*
 * lite_ddl.h: the schema as SQLite's CREATE statements.
 *
 * Names and declared types are those that Prisma's tools make, so that a
 * database moves between the two. Where theirs would let a wrong value in, ours
 * differ: enums, dates and JSON carry a CHECK, Json has TEXT affinity, a BigInt
 * that counts up is an INTEGER, and all defaults are valid SQL.
 *
 * SQLite keeps the text of a CREATE statement as it was given. A table whose
 * kept text is ours is known to the last detail without reading further.
 */
#ifndef DATABASE_SQLITE_LITE_DDL_H
#define DATABASE_SQLITE_LITE_DDL_H

#include "base/arena.h"
#include "base/buf.h"
#include "schema/schema.h"

void lite_ddl_table(arena *a, buf *out, const model *m);
void lite_ddl_index(buf *out, const model *m, const key *k, bool is_unique);

/* The declared type: "DATETIME". */
str lite_ddl_type(const field *f);

/* What stands behind DEFAULT. False when the database has none to give. */
bool lite_ddl_default(arena *a, buf *out, const field *f);

/* CONSTRAINT "T_c_check" CHECK (...). False when the column needs none. */
bool lite_ddl_check(buf *out, const field *f);

/* What a DateTime looks like in our tables, and in some of others. */
#define LITE_DATETIME_GLOB LITE_GLOB_TIME "+00:00"
#define LITE_DATETIME_GLOB_Z LITE_GLOB_TIME "Z"
#define LITE_GLOB_TIME "\?\?\?\?-\?\?-\?\?T\?\?:\?\?:\?\?.\?\?\?"

/* Is the column another name for SQLite's row number? Then leaving it out of
 * an insert means the next number. */
bool lite_ddl_is_rowid(const field *f);

#endif
