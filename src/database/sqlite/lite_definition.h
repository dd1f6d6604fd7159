/*
 * lite_definition.h: what only the text of a CREATE TABLE tells.
 *
 * SQLite keeps the statement that made a table and says most of it through
 * pragmas: columns, types, defaults, keys, indexes. Not the CHECKs, the names
 * of constraints, AUTOINCREMENT, collations and how a column is generated; for
 * these the text is read here. It has passed SQLite's own parser, so a small
 * one that knows where things stand is enough.
 */
#ifndef DATABASE_SQLITE_LITE_DEFINITION_H
#define DATABASE_SQLITE_LITE_DEFINITION_H

#include "database/structure.h"

typedef struct lite_column_definition {
    str name;      /* unquoted */
    str collation; /* or empty */
    str generated; /* "AS (price * 2) STORED", or empty */
} lite_column_definition;

typedef struct lite_definition {
    str before_name; /* "CREATE TABLE " */
    str after_name;  /* all that follows the quoted name */
    lite_column_definition *columns;
    size_t column_count;
    structure_check *checks; /* of columns and of the table */
    size_t check_count;
    str *foreign_key_names; /* in the text's order; empty: without a name */
    size_t foreign_key_count;
    bool has_autoincrement;
    bool has_conflict_clause; /* ON CONFLICT */
    bool has_deferred;        /* DEFERRABLE INITIALLY DEFERRED */
} lite_definition;

/* False when this is no CREATE TABLE with a list of columns. Texts are borrowed
 * where nothing had to be unquoted. */
bool lite_definition_read(arena *a, str sql, lite_definition *out);

#endif
