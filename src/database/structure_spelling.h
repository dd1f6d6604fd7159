/*
 * structure_spelling.h: do two pieces of SQL say the same?
 *
 * PostgreSQL gives a default back with casts ('a'::text), dates and JSON in its
 * own form, and calls varchar "character varying"; schema files hold whatever
 * people wrote in dbgenerated() and Unsupported(). Text is compared word by
 * word: without casts, brackets around the whole and quotes that a name does
 * not need, numbers, dates and JSON by value. What is equal then means the
 * same; what is not may still mean the same, and is then a difference.
 */
#ifndef DATABASE_STRUCTURE_SPELLING_H
#define DATABASE_STRUCTURE_SPELLING_H

#include "database/structure.h"

/* On SQLite a column of a schema accepts some declared types of others for its
 * own: VARCHAR for a String. On PostgreSQL a type without a schema is the one of
 * any schema. */
bool structure_is_same_type(arena *a, engine_kind engine,
                            const structure_column *x,
                            const structure_column *y);

/* Of two columns of the same type: the kind of the default and what it says. */
bool structure_is_same_default(arena *a, const structure_column *x,
                               const structure_column *y);

/* Of a CHECK, an index or anything else that is SQL. */
bool structure_is_same_sql(arena *a, str x, str y);

/* The same where texts may be dates, of which PostgreSQL has its own form. */
bool structure_is_same_condition(arena *a, str x, str y);

#endif
