/*
 * structure.h: what a database is made of, whoever made it.
 *
 * Tables, columns, keys, indexes, foreign keys, enums: the parts that a schema
 * decides. A structure comes from a schema (structure_of_schema) or from the
 * catalog of a running database (lite_structure_read, pg_structure_read);
 * migrations are the difference of two, and introspection is one written as a
 * schema file.
 *
 *     schema ----.                        .---- plan (SQL)
 *                 >-- structure -- diff --<
 *     catalog ---'                        '---- nothing: they are equal
 *
 * A structure belongs to one engine and speaks its language: types, defaults
 * and checks are SQL of that engine, in the form in which its catalog gives
 * them back, so that two structures can be compared. It lives in one arena.
 * Lists keep the order of the database or the schema; comparing finds things by
 * name, and only columns of a table have an order that people see.
 */
#ifndef DATABASE_STRUCTURE_H
#define DATABASE_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "schema/schema.h"

typedef enum column_default {
    COLUMN_NO_DEFAULT,
    COLUMN_EXPRESSION,    /* default_sql */
    COLUMN_AUTOINCREMENT, /* serial, identity, SQLite's row number */
} column_default;

typedef struct structure_column {
    str name;
    /* PostgreSQL: as format_type() has it, "character varying(20)", "text[]",
     * "\"Role\"", without the schema when it is the table's. SQLite: as
     * declared, "DATETIME". */
    str type;
    bool is_required;  /* NOT NULL */
    bool is_generated; /* computed by the database; never ours */
    column_default default_kind;
    str default_sql;  /* 'it''s', CURRENT_TIMESTAMP; without DEFAULT */
    str renamed_from; /* the schema says it had this name before; or empty */
    str comment;
    const field *field; /* of a schema's structure; else NULL */
} structure_column;

typedef struct structure_part {
    str column;
    bool is_descending;
    str operator_class; /* empty: the default one of the type */
} structure_part;

/* A unique index, an index. A unique constraint is its index. */
typedef struct structure_index {
    str name;
    bool is_unique;
    bool is_constraint; /* behind a UNIQUE of the table: drop that instead */
    index_method method;
    const structure_part *parts;
    size_t part_count;
    /* An index over expressions or with a WHERE: the schema language cannot
     * say it. Its CREATE INDEX; else empty. Such an index is kept as it is and
     * never dropped. */
    str definition;
} structure_index;

/* name is empty on SQLite, which has none. No columns: there is no key. */
typedef struct structure_primary_key {
    str name;
    const str *columns;
    size_t column_count;
} structure_primary_key;

typedef struct structure_foreign_key {
    str name; /* may be empty on SQLite */
    const str *columns;
    const str *references; /* pairwise */
    size_t column_count;
    str parent_schema; /* empty: the table's */
    str parent;
    referential_action on_delete;
    referential_action on_update;
} structure_foreign_key;

typedef struct structure_check {
    str name;
    str expression; /* without CHECK and its parentheses */
} structure_check;

typedef struct structure_table {
    str schema; /* PostgreSQL's; empty on SQLite */
    str name;
    const structure_column *columns;
    size_t column_count;
    structure_primary_key primary_key;
    const structure_index *indexes;
    size_t index_count;
    const structure_foreign_key *foreign_keys;
    size_t foreign_key_count;
    const structure_check *checks;
    size_t check_count;
    bool is_strict;   /* SQLite's STRICT */
    str renamed_from; /* or empty */
    str comment;
    str sql; /* SQLite: the CREATE TABLE as kept or as we write it */
    const str *triggers;    /* names; a rebuild has to make them again */
    const str *trigger_sql; /* pairwise */
    size_t trigger_count;
} structure_table;

typedef struct structure_enum {
    str schema;
    str name;
    const str *values; /* in their order */
    size_t value_count;
    str comment;
} structure_enum;

typedef struct structure_view {
    str schema;
    str name;
    str definition; /* the SELECT on PostgreSQL, the CREATE VIEW on SQLite */
    const structure_column *columns;
    size_t column_count;
    bool is_materialized;
    str comment;
} structure_view;

typedef struct structure_extension {
    str name;
    str schema;  /* or empty: wherever */
    str version; /* or empty: whatever */
} structure_extension;

typedef struct structure {
    engine_kind engine;
    const str *schemas; /* PostgreSQL's, with "public" */
    size_t schema_count;
    const structure_extension *extensions;
    size_t extension_count;
    const structure_enum *enums;
    size_t enum_count;
    const structure_table *tables; /* tables of many-to-many relations too */
    size_t table_count;
    const structure_view *views; /* a schema's structure has none: a view block
                                    describes a view that others make */
    size_t view_count;
} structure;

/* Or NULL. An empty schema stands for "public" on PostgreSQL. */
const structure_table *structure_find_table(const structure *s, str schema,
                                            str name);
const structure_enum *structure_find_enum(const structure *s, str schema,
                                          str name);
const structure_column *structure_find_column(const structure_table *t,
                                              str name);
const structure_index *structure_find_index(const structure_table *t, str name);

/* The structure that the schema asks for on the engine it was resolved for. */
const structure *structure_of_schema(arena *a, const schema *s);

#endif
