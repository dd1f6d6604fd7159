/*
 * lite_catalog.h: what tables a SQLite file holds.
 *
 * The list of objects with their kept SQL is read whole; the columns, indexes
 * and foreign keys of a table only when asked for, because a database that
 * Tenon made is known by its SQL alone. Views and triggers that belong to tables
 * of tools (structure.h) are not in the list.
 */
#ifndef DATABASE_SQLITE_LITE_CATALOG_H
#define DATABASE_SQLITE_LITE_CATALOG_H

#include <sqlite3.h>

#include "base/err.h"

typedef struct lite_object {
    str type; /* table, index, view, trigger */
    str name;
    str table;
    str sql; /* empty for an index that a constraint made */
} lite_object;

typedef struct lite_catalog {
    lite_object *objects;
    size_t object_count;
} lite_catalog;

typedef struct lite_column {
    str name;
    str type; /* as declared */
    bool is_required;
    bool has_default;
    str default_sql;
    int64_t key_position; /* in the primary key, from 1; 0: not part of it */
    bool is_generated;
} lite_column;

typedef struct lite_index {
    str name;
    bool is_unique;
    bool is_partial;
    bool is_primary_key;
    bool is_expression;    /* then columns is not complete */
    bool is_of_constraint; /* made by UNIQUE or PRIMARY KEY */
    str *columns;
    size_t column_count;
    bool *is_descending; /* of each column */
    size_t descending_count;
    str *collations; /* of each column */
    size_t collation_count;
} lite_index;

typedef struct lite_foreign_key {
    int64_t id;
    str parent;
    str *columns;
    str *references; /* empty strs: the parent's primary key */
    size_t column_count;
    size_t reference_count; /* equal to column_count */
    str on_delete;          /* "NO ACTION" */
    str on_update;
} lite_foreign_key;

typedef struct lite_table {
    lite_column *columns;
    size_t column_count;
    lite_index *indexes;
    size_t index_count;
    lite_foreign_key *foreign_keys;
    size_t foreign_key_count;
} lite_table;

/* Everything that SQLite did not make for itself. */
fallible lite_catalog_read(arena *a, sqlite3 *db, lite_catalog *out);

/* Or NULL. */
const lite_object *lite_catalog_find(const lite_catalog *c, str type, str name);

fallible lite_table_read(arena *a, sqlite3 *db, str name, lite_table *out);

#endif
