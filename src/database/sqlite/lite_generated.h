/*
 * lite_generated.h: dbgenerated() on SQLite.
 *
 * Its text is SQL for the engine that the schema was written for, which mostly
 * is PostgreSQL. A value with casts ('x'::text) is the value, the present time
 * is ours, an expression that SQLite understands is taken as it is. Functions
 * that make ids have no default in the table: the runtime makes them, so that
 * the file needs no functions of ours. Anything else is no default.
 */
#ifndef DATABASE_SQLITE_LITE_GENERATED_H
#define DATABASE_SQLITE_LITE_GENERATED_H

#include "base/arena.h"
#include "schema/schema.h"

/* What stands behind DEFAULT, without brackets. */
bool lite_generated_default(arena *a, const field *f, str *out);

#endif
