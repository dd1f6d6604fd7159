/*
 * pg_catalog.h: what the readers of PostgreSQL's catalog share.
 *
 * Each kind of thing (columns, constraints, indexes) is one query for all
 * tables at once, its rows in the order of the tables and with the table's oid
 * in the first column. So reading is merging: each table takes its rows off the
 * front of every list.
 */
#ifndef DATABASE_POSTGRES_PG_CATALOG_H
#define DATABASE_POSTGRES_PG_CATALOG_H

#include "database/postgres/pg_connection.h"
#include "database/structure.h"

/* A query's start. relation: the tables and views of the schemas $1 that are
 * neither an extension's nor partitions. */
#define PG_RELATIONS                                                           \
    "WITH relation AS ("                                                       \
    " SELECT c.oid, n.nspname, c.relname, c.relkind"                           \
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"           \
    " WHERE n.nspname = ANY ($1::text[]) AND NOT c.relispartition"             \
    " AND c.relkind IN ('r', 'p', 'v', 'm')"                                   \
    " AND NOT EXISTS (SELECT FROM pg_depend d"                                 \
    " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"              \
    " AND d.deptype = 'e')) "

typedef struct pg_catalog_list {
    pg_rows rows;
    size_t at; /* the row that comes next */
} pg_catalog_list;

typedef struct pg_catalog {
    arena *a;
    pg_connection *connection;
    str schemas; /* as an array: $1 */
    str unnamed; /* this schema is written as "", or empty */
} pg_catalog;

fallible pg_catalog_list_read(const pg_catalog *p, const char *sql,
                              pg_catalog_list *out);

/* Is the next row about this thing, whose id is in that column? */
bool pg_catalog_list_is_at(const pg_catalog_list *l, size_t column, str id);

/* Of the next row; NULL is empty. */
str pg_catalog_cell(const pg_catalog_list *l, size_t column);
bool pg_catalog_flag(const pg_catalog_list *l, size_t column);

/* {"a","b\"c"}: names as a text[] is written. */
str pg_catalog_array(arena *a, const str *names, size_t count);

/* The schema as a structure has it. */
str pg_catalog_schema(const pg_catalog *p, str name);

#endif
