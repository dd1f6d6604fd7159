/*
 * naming.h: the names that constraints and indexes get by themselves.
 *
 * They are Prisma's, so that a database made by it and one made by us have
 * equal catalogs: <table>_<column>_<column>_<suffix>. An engine with a limit
 * gets them cut before the suffix, between two characters.
 */
#ifndef SCHEMA_NAMING_H
#define SCHEMA_NAMING_H

#include "base/arena.h"
#include "schema/schema.h"

enum {
    NAMING_NO_LIMIT = 10000, /* SQLite: as long as Prisma makes them */
    NAMING_POSTGRESQL_LIMIT = 63,
};

/* Of the CHECKs that a schema asks for: <table>_<name>_rule. A CHECK called so
 * which the schema does not ask for is one that it asked for before. */
#define NAMING_RULE_SUFFIX "_rule"

/* Of keys and indexes that are for some rows only. By these a migration knows
 * that a schema asked for them: partial indexes of others are theirs. */
#define NAMING_PARTIAL_KEY_SUFFIX "_partial_key"
#define NAMING_PARTIAL_INDEX_SUFFIX "_partial_idx"
#define NAMING_LIVE_KEY_SUFFIX "_live_key"         /* of @@softDelete */
#define NAMING_DELETED_INDEX_SUFFIX "_deleted_idx" /* the same */

/* Bytes of a name on the engine. */
size_t naming_limit(engine_kind engine);

/* suffix comes with its underscore: "_key". limit is in bytes. Without columns
 * it is <table>_pkey. */
str naming_constraint(arena *a, str table, const field *const *columns,
                      size_t count, str suffix, size_t limit);

/* The same from names alone, for who has no fields. */
str naming_of_columns(arena *a, str table, const str *columns, size_t count,
                      str suffix, size_t limit);

#endif
