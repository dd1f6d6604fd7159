/*
 * row_csv.h: rows as CSV, with each cell as PostgreSQL writes it.
 *
 *     id,title,is_urgent,due_at,tags
 *     1,"Fix, then ship",t,"2024-01-31 12:00:00+00","{a,b}"
 *
 * A line is the text of a PostgreSQL record without its parentheses, which is
 * what clients of PostgREST read: null is nothing, a Boolean t or f, a list
 * {a,b}; a cell that is empty or has a blank, a comma, a parenthesis, a double
 * quote or a backslash in it is quoted, and the latter two are doubled.
 *
 * Lines have no end of their own: the caller puts \n between them.
 */
#ifndef DATABASE_ROW_CSV_H
#define DATABASE_ROW_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "database/value.h"
#include "schema/scalar_type.h"

typedef struct csv_column {
    str name;
    scalar_type type; /* of a list: its elements' */
    bool is_list;
    /* Of a foreign column: the JSON of a value, of which a text or a Boolean is
     * shown as in a record. */
    bool is_foreign;
} csv_column;

void row_csv_write_header(buf *out, const csv_column *columns, size_t count);

/* The arena is for the elements of lists, and is left as it was. */
void row_csv_write(arena *a, buf *out, const csv_column *columns, size_t count,
                   const value *values);

#endif
