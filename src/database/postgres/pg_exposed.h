/*
 * pg_exposed.h: what the files of pg_exposure.h share while they read.
 *
 * Constraints are of base tables, and what is served may be a view of one: so
 * each column knows which base column it shows, itself in a table.
 */
#ifndef DATABASE_POSTGRES_PG_EXPOSED_H
#define DATABASE_POSTGRES_PG_EXPOSED_H

#include "database/postgres/pg_catalog.h"
#include "database/postgres/pg_exposure.h"
#include "schema/schema.h"

typedef struct pg_base {
    int64_t table; /* its oid; 0: an expression of the view's */
    int64_t column;
} pg_base;

typedef struct pg_exposed {
    int64_t oid;
    bool is_view;
    model *model;
    field *fields;          /* the model's, while they are ours to change */
    const int64_t *numbers; /* of the model's columns, in the database */
    const pg_base *bases;   /* pairwise */
} pg_exposed;

/* Whose rows a function may return. */
typedef struct pg_exposed_row {
    int64_t oid;
    const model *model;
} pg_exposed_row;

typedef struct pg_exposing {
    const pg_exposure *what;
    const pg_catalog *catalog;
    const pg_catalog *routine_catalog; /* of the extra schemas, too */
    const pg_exposed_row *rows;
    size_t row_count;
    uint32_t first_index;    /* of models and shapes */
    uint32_t first_function; /* the same of functions */
    bool has_computed;       /* those of a row's are its computed fields */
    pg_exposed *items;
    size_t count;
    model *models; /* the items', and behind them room for shapes */
    size_t shape_count;
    pg_catalog_list routines; /* the functions (pg_exposed_function.c) */
    function *functions;
    size_t function_count;
} pg_exposing;

/* ERR_NOT_FOUND names one that is not there. */
fallible pg_exposed_check_schemas(const pg_catalog *p, const str *schemas,
                                  size_t count);

/* Fills in the bases of all columns. */
fallible pg_exposed_find_bases(pg_exposing *x);

/* Gives the models their relations. All else must be there. */
fallible pg_exposed_relate(pg_exposing *x);

/* Looks how many functions there are, and so how many shapes at most: that is
 * the room that models must have. */
fallible pg_exposed_count_shapes(pg_exposing *x, size_t *out);

/* Adds the functions, and their shapes to the models. */
fallible pg_exposed_add_functions(pg_exposing *x);

/* The item's columns that show those base columns, in that order; NULL if one
 * is not shown. */
const field **pg_exposed_columns(arena *a, const pg_exposed *item,
                                 int64_t table, const int64_t *columns,
                                 size_t count);

/* The model's fields, count of them, are all its columns. */
void pg_exposed_own(arena *a, model *m, field *fields, size_t count);

/* "{1,2}" */
size_t pg_exposed_numbers(arena *a, str array, const int64_t **out);

int64_t pg_exposed_number(str cell);

#endif
