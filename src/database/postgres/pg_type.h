/*
 * pg_type.h: how a field of the schema is a column on PostgreSQL.
 *
 * Types are as format_type() prints them, those of Prisma where the schema has
 * no @db attribute: text, timestamp(3) without time zone, numeric(65,30).
 */
#ifndef DATABASE_POSTGRES_PG_TYPE_H
#define DATABASE_POSTGRES_PG_TYPE_H

#include "base/arena.h"
#include "schema/schema.h"

str pg_type_of(arena *a, const field *f);

/* Of a scalar without an @db attribute. */
str pg_type_of_scalar(scalar_type type);

/* What stands behind DEFAULT. False when the database has none to give, or when
 * it counts up. */
bool pg_type_default(arena *a, const field *f, str *out);

#endif
