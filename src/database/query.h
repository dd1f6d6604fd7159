/*
 * query.h: the query tree, the one form in which anybody asks for rows.
 *
 * A door (REST, later gRPC, hooks, the admin) resolves each name to a field
 * and builds a tree in the request's arena; the planner adds what the caller
 * may see; an engine turns it into a statement. Values are bound, never
 * printed, and identifiers come from the schema, so no text from the wire
 * becomes SQL.
 *
 * Two trees of the same shape (same model, columns, operators, order; whatever
 * values) are the same prepared statement: query_write_shape writes the bytes
 * that tell shapes apart. Whatever changes the SQL must be in them.
 */
#ifndef DATABASE_QUERY_H
#define DATABASE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "database/value.h"
#include "schema/schema.h"

typedef enum filter_kind {
    FILTER_ALL, /* and: true without children */
    FILTER_ANY, /* or: false without children */
    FILTER_COMPARE,
    FILTER_LIKE, /* value: % and _ as in SQL, \ escapes */
    FILTER_IN,   /* values; false without values */
    FILTER_IS,   /* null, or for a Boolean true, false, unknown */
    FILTER_LIST, /* value: a list, compared with the column's */
} filter_kind;

typedef enum compare_op {
    COMPARE_EQ,
    COMPARE_NEQ,
    COMPARE_GT,
    COMPARE_GTE,
    COMPARE_LT,
    COMPARE_LTE,
} compare_op;

typedef enum list_op {
    LIST_CONTAINS,     /* the column's list has all of the value's elements */
    LIST_IS_CONTAINED, /* the value has all of the column's */
    LIST_OVERLAPS,     /* they have one in common */
} list_op;

typedef enum is_what { IS_NULL, IS_TRUE, IS_FALSE, IS_UNKNOWN } is_what;

/* SQL's three-valued logic: NOT of unknown is unknown, and only true keeps a
 * row. */
typedef struct filter filter;
struct filter {
    filter_kind kind;
    bool is_negated; /* NOT (...) around it */
    const field *field;
    compare_op op;          /* FILTER_COMPARE */
    bool is_case_sensitive; /* FILTER_LIKE */
    is_what what;           /* FILTER_IS */
    list_op list;           /* FILTER_LIST */
    value value;            /* FILTER_COMPARE, FILTER_LIKE, FILTER_LIST */
    const value *values;    /* FILTER_IN */
    size_t value_count;
    const filter *const *children; /* FILTER_ALL, FILTER_ANY */
    size_t child_count;
};

typedef struct query_column {
    const field *field;
    str name; /* the key in the output: an alias or the column's name */
} query_column;

typedef struct query_order {
    const field *field;
    bool is_descending;
    bool are_nulls_first;
} query_order;

enum { QUERY_NO_LIMIT = -1 };

typedef struct query {
    const model *model;
    const query_column *columns;
    size_t column_count;
    const filter *where; /* or NULL: all rows */
    const query_order *order;
    size_t order_count;
    int64_t limit; /* or QUERY_NO_LIMIT */
    int64_t offset;
    bool wants_total; /* how many rows match, limit and offset left aside */
    bool finds_one;   /* the filter matches one row at most; no limit, no order:
                         whoever has that row need not look for another */
} query;

/* Appends bytes that are equal for two queries exactly if one prepared
 * statement serves both. limit and offset are values, not shape (but whether
 * there is one, is). wants_total is not in it: the count is a statement of its
 * own; finds_one says what the filter says. */
void query_write_shape(buf *out, const query *q);
void filter_write_shape(buf *out, const filter *f);

/* How many parameters stand for a list of so many values: the next power of
 * two, so that lists of different lengths share statements. The last value
 * fills the rest. */
size_t filter_in_slots(size_t value_count);

#endif
