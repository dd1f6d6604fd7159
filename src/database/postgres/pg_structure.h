/*
 * pg_structure.h: the structure of a PostgreSQL database, from its catalog.
 *
 * Left out is what is nobody's to change: what an extension made, partitions of
 * a table (the table itself is there), foreign tables, and the triggers of
 * pg_guard.h, which every table has. An index that
 * constrains by exclusion, or that the schema language cannot say for another
 * reason, comes with its definition.
 */
#ifndef DATABASE_POSTGRES_PG_STRUCTURE_H
#define DATABASE_POSTGRES_PG_STRUCTURE_H

#include "database/postgres/pg_connection.h"
#include "database/structure.h"

/* Reads these schemas of the database; those that are not there are left out
 * of out->schemas. Without any it reads the one of the connection, which then
 * has no name but "public".
 *
 * Reads one snapshot: in the transaction of the caller, else in one of its own.
 * Texts are copied to the arena. Blocks. */
fallible pg_structure_read(arena *a, pg_connection *c, const str *schemas,
                           size_t schema_count, structure *out);

#endif
