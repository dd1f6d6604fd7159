/*
 * lite_type.h: how a field of the schema is a column on SQLite.
 *
 * Declared types are those that Prisma's tools make, so that a database moves
 * between the two. Where theirs would let a wrong value in, ours differ: Json
 * has TEXT affinity, a BigInt that counts up is an INTEGER, all defaults are
 * valid SQL, and each column has a CHECK of its values unless its type holds
 * them already. A list is JSON text.
 */
#ifndef DATABASE_SQLITE_LITE_TYPE_H
#define DATABASE_SQLITE_LITE_TYPE_H

#include "base/arena.h"
#include "database/structure.h"

/* The declared type: "DATETIME". */
str lite_type_of(const field *f);

/* Is that a declared type, of a table that others made perhaps, in which the
 * field's values can live? */
bool lite_type_accepts(const field *f, str declared);

/* The scalar whose values a declared type most likely holds: String for TEXT,
 * though Json is TEXT as well. A type that nobody knows holds what SQLite's
 * rules make of it; where those say "a number, perhaps", texts. */
scalar_type lite_type_scalar(str declared);

/* Is the column another name for SQLite's row number? Then leaving it out of
 * an insert means the next number. */
bool lite_type_is_rowid(const field *f);

/* What stands behind DEFAULT, without brackets. False when the database has
 * none to give. */
bool lite_type_default(arena *a, const field *f, str *out);

/* What the CHECK says. False when the column needs none. In a STRICT table the
 * types are held already. */
bool lite_type_check(arena *a, const field *f, bool is_strict, str *out);

/* Does SQLite hold values to this declared type in a STRICT table? */
bool lite_type_is_strict(str declared);

/* Is it a CHECK of ours that holds values to a plain type, as no table of the
 * first release had one? */
bool lite_type_is_plain_check(const structure_check *c);

/* What a DateTime looks like in our tables, and in some of others. */
#define LITE_DATETIME_GLOB LITE_GLOB_TIME "+00:00"
#define LITE_DATETIME_GLOB_Z LITE_GLOB_TIME "Z"
#define LITE_DATETIME_GLOB_SQL "\?\?\?\?-\?\?-\?\? \?\?:\?\?:\?\?"
#define LITE_GLOB_TIME "\?\?\?\?-\?\?-\?\?T\?\?:\?\?:\?\?.\?\?\?"

#endif
