/*
 * derivation.h: what is made of a column before it is shown, compared or
 * ordered by.
 *
 *     data->address->>city      a place inside of its JSON
 *     price::text               as another type
 *     amount.sum()              of a group of rows
 *     full_name                 a function of the row
 *     place                     a geometry, where GeoJSON is asked for
 *
 * The parts apply in the order of the struct. Names and numbers of a JSON path
 * come from the wire: engines bind them, as they bind values.
 */
#ifndef DATABASE_DERIVATION_H
#define DATABASE_DERIVATION_H

#include "base/buf.h"
#include "schema/schema.h"

typedef enum cast_type {
    CAST_NONE,
    CAST_TEXT,
    CAST_INT2,
    CAST_INT4,
    CAST_INT8,
    CAST_FLOAT4,
    CAST_FLOAT8,
    CAST_NUMERIC,
    CAST_BOOL,
    CAST_DATE,
    CAST_TIME,
    CAST_TIMESTAMP,
    CAST_TIMESTAMPTZ,
    CAST_UUID,
    CAST_BYTEA,
    CAST_JSON,
    CAST_JSONB,
} cast_type;

/* Of the values that are not null. Rows without an aggregate among their
 * columns' derivations are not grouped; with one, the other columns are what
 * rows are grouped by. */
typedef enum aggregate {
    AGGREGATE_NONE,
    AGGREGATE_COUNT,
    AGGREGATE_SUM,
    AGGREGATE_AVG,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_ROWS, /* how many rows, whatever the column */
} aggregate;

/* ->key or ->2; a negative index counts from the end. */
typedef struct json_step {
    bool is_index;
    int64_t index;
    str key;
} json_step;

typedef struct derivation derivation;
struct derivation {
    /* A computed field of the row, in place of a column; or NULL. The field is
     * its value's then. */
    const function *function;
    const json_step *steps;
    size_t step_count;
    bool is_text;    /* the last arrow is ->>: text, not JSON */
    bool is_geojson; /* a geometry (geometry.h), as GeoJSON */
    cast_type cast;
    aggregate aggregate;
    cast_type outer_cast; /* of the aggregate */
    /* What comes out: a field that is in no model's list, so that whatever
     * reads, writes or names values of columns can be handed this one. */
    field result;
    /* Of an aggregate: the same without it and what follows; NULL: it is of the
     * column itself. No shape. */
    const derivation *inner;
};

/* The names and numbers of a path are no shape, but that they are there is. */
void derivation_write_shape(buf *out, const derivation *d);

#endif
