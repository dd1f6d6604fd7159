/*
 * row_json.h: rows as JSON.
 *
 * The workload: a few to a thousand rows of some ten columns, written straight
 * into the reply. Keys are prepared with their punctuation, so a cell costs one
 * look at the room there is, one copy of its key and one switch on its kind.
 */
#ifndef DATABASE_ROW_JSON_H
#define DATABASE_ROW_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "database/value.h"
#include "schema/scalar_type.h"

typedef struct row_column {
    str key; /* of row_json_make_key */
    scalar_type type;
} row_column;

typedef struct row_shape {
    const row_column *columns;
    size_t column_count;
    bool strips_nulls; /* leaves out what is null */
} row_shape;

/* ,"name": with the name escaped. Lives in a, in at least ROW_JSON_SHORT_KEY
 * bytes: most keys are shorter, and copying so many costs less than asking how
 * many there are. */
enum { ROW_JSON_SHORT_KEY = 16 };
str row_json_make_key(arena *a, str name);

/* Appends one JSON object. values has column_count cells or more. */
void row_json_write(buf *out, const row_shape *shape, const value *values);

/* Appends the value alone. */
void row_json_write_value(buf *out, const row_column *column, const value *v);

#endif
