/*
 * rest_table.h: what the REST interface knows about each table ahead of time.
 *
 * The JSON of a row is mostly its keys, and they are always the same: each
 * column has its `,"name":` ready here, and so has `*` its list of columns.
 */
#ifndef API_REST_REST_TABLE_H
#define API_REST_REST_TABLE_H

#include "api/rest/rest_relations.h"
#include "base/arena.h"
#include "core/app.h"
#include "database/row_json.h"
#include "schema/schema.h"

typedef struct rest_table {
    const model *model;
    const query_column *all_columns; /* as model->columns */
    const row_column *all_keys;      /* pairwise */
    const query_column *columns;     /* select=*: what is shown unasked */
    const row_column *keys;          /* pairwise */
    size_t column_count;
} rest_table;

typedef struct rest_tables {
    const schema *schema;
    const rest_table *tables; /* as schema->models, shapes behind them */
    const rest_relations *relations;
    exposure exposed;
    bool allows_aggregates;
} rest_tables;

/* Of the application's schema, and as much of it as is exposed. */
rest_tables rest_tables_new(arena *a, const app *application);

/* Of the functions of the database that it shows beside, app.called. */
rest_tables rest_tables_new_called(arena *a, const app *application);

/* Of Tenon's own tables, app.system, as the operator sees them. */
rest_tables rest_tables_new_of_system(arena *a, const app *application);

/* A column to name when rows are wanted and no column of them. */
static inline const query_column *rest_table_any_column(const rest_table *t) {
    return t->column_count > 0 ? t->columns : t->all_columns;
}

/* m is a model of that schema. */
static inline const rest_table *rest_tables_get(const rest_tables *t,
                                                const model *m) {
    return &t->tables[m->index];
}

#endif
