/*
 * pg_ddl.h: a structure as PostgreSQL's CREATE statements.
 *
 * One function for each thing, so that a plan makes what it needs; all without
 * the ';'. A foreign key is always added to a table that is there, because two
 * tables may refer to each other.
 */
#ifndef DATABASE_POSTGRES_PG_DDL_H
#define DATABASE_POSTGRES_PG_DDL_H

#include "base/arena.h"
#include "base/buf.h"
#include "database/structure.h"

str pg_ddl_schema(arena *a, str name);
str pg_ddl_extension(arena *a, const structure_extension *x);
str pg_ddl_enum(arena *a, const structure_enum *e);

/* CREATE TABLE with its primary key and checks. */
str pg_ddl_table(arena *a, const structure_table *t);

/* What stands behind ALTER TABLE ... ADD COLUMN, and in the table. */
str pg_ddl_column(arena *a, const structure_column *c);

/* The index, or the constraint that it is behind. A constraint is never made
 * concurrently. */
str pg_ddl_index(arena *a, const structure_table *t, const structure_index *x,
                 bool is_concurrent);

/* ALTER TABLE ... ADD CONSTRAINT */
str pg_ddl_foreign_key(arena *a, const structure_table *t,
                       const structure_foreign_key *k);
str pg_ddl_primary_key(arena *a, const structure_table *t);
str pg_ddl_check(arena *a, const structure_table *t, const structure_check *c);

/* All of it into an empty database, a statement after the other, each with its
 * ';' and a line end. */
void pg_ddl_create(arena *a, buf *out, const structure *s);

#endif
