/*
 * pg_keys.h: the constraints and indexes of the tables in PostgreSQL's catalog.
 *
 * A unique constraint is its index. What the schema language cannot say
 * (partial, over expressions, NULLS NOT DISTINCT, INCLUDE, a collation, an
 * access method that an extension brought) comes with its definition.
 */
#ifndef DATABASE_POSTGRES_PG_KEYS_H
#define DATABASE_POSTGRES_PG_KEYS_H

#include "database/postgres/pg_catalog.h"

typedef struct pg_keys {
    pg_catalog *catalog;
    pg_catalog_list constraints;
    pg_catalog_list indexes;
} pg_keys;

fallible pg_keys_read(pg_catalog *catalog, pg_keys *out);

/* For the table with this oid; the tables come in their order. */
void pg_keys_take_constraints(pg_keys *k, str oid, structure_table *out);
void pg_keys_take_indexes(pg_keys *k, str oid, structure_table *out);

#endif
