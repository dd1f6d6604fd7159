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
 * and checks are SQL of that engine. It lives in one arena. Lists keep the order
 * of the database or the schema; comparing finds things by name, and only
 * columns of a table have an order that people see.
 *
 * One thing has several spellings ('{"a":1}', '{"a": 1}'::jsonb), and a catalog
 * gives back another one than was put in: types and defaults are compared with
 * the functions of structure_spelling.h, never as text.
 *
 * What a schema's structure has and a database may lack without being another
 * one: CHECKs (tables that others or earlier releases made have fewer),
 * triggers and functions.
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
     * "\"Role\"", "auth.\"Role\"": with its schema unless that is "public".
     * SQLite: as declared, "DATETIME". */
    str type;
    bool is_required;  /* NOT NULL */
    bool is_generated; /* computed by the database; never ours */
    column_default default_kind;
    /* 'it''s', CURRENT_TIMESTAMP, (now() + '1 day'::interval): as it may stand
     * behind DEFAULT. A row number of SQLite may have one, which has no
     * effect. */
    str default_sql;
    str renamed_from; /* the schema says it had this name before; or empty */
    str comment;
    /* SQLite: what else stands behind its type, "COLLATE NOCASE",
     * "AS (price * 2) STORED", or empty. The schema language cannot say it; a
     * rebuild keeps it. */
    str extra;
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
    /* PostgreSQL: what a failed CREATE INDEX CONCURRENTLY leaves. It serves
     * nothing, and it is in the way of the index. */
    bool is_invalid;
    index_method method;
    const structure_part *parts;
    size_t part_count;
    str condition; /* of its WHERE; empty: all rows are in it */
    /* Of one that a catalog has: its CREATE INDEX, if it is over expressions or
     * has a WHERE; else empty. It is kept as it is and never dropped, unless the
     * schema names it or asked for it (structure_is_former_index). */
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

/* Those that a schema asks for by @@check and its like are rules: their names
 * tell (structure_is_rule). */
typedef struct structure_check {
    str name;
    str expression; /* without CHECK and its parentheses */
    str column;     /* the one it is about, or empty */
} structure_check;

/* Ours are called tenon_…; a database has those of others, too, which are
 * never dropped but by a table's rebuild, which makes them again. */
typedef struct structure_trigger {
    str name;
    str sql; /* its CREATE TRIGGER */
} structure_trigger;

/* What several tables share. Its SQL may be run where the function is there
 * already. */
typedef struct structure_function {
    str name; /* "tenon_touch", "uuidv7" */
    str sql;
} structure_function;

typedef struct structure_table {
    /* PostgreSQL's, empty where the schema file does not say: then it is that of
     * the connection, "public". Empty on SQLite. */
    str schema;
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
    bool is_strict; /* SQLite's STRICT */
    bool is_without_rowid;
    str renamed_from; /* or empty */
    str comment;
    str sql; /* SQLite: the CREATE TABLE as kept or as we write it */
    const structure_trigger *triggers;
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
    /* That the tables' triggers and defaults call. A catalog's structure need
     * not have them: a plan that makes any of these makes them all first. */
    const structure_function *functions;
    size_t function_count;
    const structure_view *views; /* a schema's structure has none: a view block
                                    describes a view that others make */
    size_t view_count;
} structure;

/* Is it one that the schema language can say? */
static inline bool structure_is_sayable(const structure_index *x) {
    return str_is_empty(x->definition) || !str_is_empty(x->condition);
}

/* Is a partial index called as one that a schema asks for without map:? Then it
 * asked for it. */
bool structure_is_former_index(arena *a, const structure_table *t,
                               const structure_index *x, engine_kind engine);

/* Or NULL. An empty schema stands for "public" on PostgreSQL. */
const structure_table *structure_find_table(const structure *s, str in_schema,
                                            str name);
const structure_enum *structure_find_enum(const structure *s, str in_schema,
                                          str name);
const structure_column *structure_find_column(const structure_table *t,
                                              str name);
const structure_index *structure_find_index(const structure_table *t, str name);

/* Tables that tools keep beside the application's, ours included: they belong
 * to no schema. By name. */
bool structure_is_table_of_tool(str table);

/* Is it one that the schema of the table asks for, or asked for once? table is
 * the name that the table had then. */
bool structure_is_rule(const structure_check *c, str table);

/* The CHECK of a column. */
const structure_check *structure_find_check(const structure_table *t,
                                            str column);

/* The structure that the schema asks for on the engine it was resolved for. */
const structure *structure_of_schema(arena *a, const schema *s);

#endif
