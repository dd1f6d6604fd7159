/*
 * condition_sql.h: a condition that the database keeps, as SQL.
 *
 *     budget >= spent && status in [DRAFT, ACTIVE]
 *     (("budget" >= "spent") AND (("status" = 'DRAFT') OR ("status" = 'ACTIVE')))
 *
 * For CHECKs, the WHERE of an index, and where an upsert names such an index:
 * of the row's own columns, as the resolver has made sure. With the brackets
 * that PostgreSQL writes when it gives an expression back, so that what the
 * catalog says can be compared (structure_spelling.h).
 */
#ifndef DATABASE_CONDITION_SQL_H
#define DATABASE_CONDITION_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "schema/schema.h"
#include "schema/validation.h"

void condition_sql_write(buf *out, engine_kind engine, const condition *c);

/* The same as a text. */
str condition_sql(arena *a, engine_kind engine, const condition *c);

/* The CHECK of a rule that has a constraint. */
str condition_sql_of_rule(arena *a, engine_kind engine, const validation *rule);

#endif
