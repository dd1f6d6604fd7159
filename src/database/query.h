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
 * that tell shapes apart. Whatever changes the SQL must be in them; the names
 * of the output are not, so an engine that writes them binds them.
 */
#ifndef DATABASE_QUERY_H
#define DATABASE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "database/commit_position.h"
#include "database/derivation.h"
#include "database/row_json.h"
#include "database/scope.h"
#include "database/value.h"
#include "schema/schema.h"

typedef struct query query;
typedef struct embed embed;

typedef enum filter_kind {
    FILTER_ALL, /* and: true without children */
    FILTER_ANY, /* or: false without children */
    FILTER_COMPARE,
    FILTER_LIKE, /* value: % and _ as in SQL, \ escapes */
    FILTER_IN,   /* values; false without values */
    FILTER_IS,   /* null, or for a Boolean true, false, unknown */
    /* value: a list, compared with the column's; of a Json column JSON, of a
     * range a range */
    FILTER_LIST,
    FILTER_MATCH,  /* value: a regular expression */
    FILTER_RANGE,  /* value: a range */
    FILTER_SEARCH, /* value: what a text search looks for */
    FILTER_EXISTS, /* some row that related leads to passes its filter */
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

/* How one range lies to another: PostgreSQL's << >> &< &> -|- */
typedef enum range_op {
    RANGE_IS_LEFT,
    RANGE_IS_RIGHT,
    RANGE_ENDS_BEFORE, /* does not extend to the right of */
    RANGE_BEGINS_AFTER,
    RANGE_IS_ADJACENT,
} range_op;

/* How the text of a search is read. */
typedef enum search_syntax {
    SEARCH_QUERY,  /* to_tsquery: fat & (rat | cat) */
    SEARCH_PLAIN,  /* plainto_tsquery: all of the words */
    SEARCH_PHRASE, /* phraseto_tsquery: the words in this order */
    SEARCH_WEB,    /* websearch_to_tsquery: "fat rat" or cat -dog */
} search_syntax;

typedef enum is_what { IS_NULL, IS_TRUE, IS_FALSE, IS_UNKNOWN } is_what;

/* SQL's three-valued logic: NOT of unknown is unknown, and only true keeps a
 * row. */
typedef struct filter filter;
struct filter {
    filter_kind kind;
    bool is_negated; /* NOT (...) around it */
    const field *field;
    const derivation *derivation; /* of the field; NULL: the column itself */
    compare_op op;                /* FILTER_COMPARE */
    bool is_case_sensitive;       /* FILTER_LIKE, FILTER_MATCH */
    is_what what;                 /* FILTER_IS */
    list_op list;                 /* FILTER_LIST */
    range_op range;               /* FILTER_RANGE */
    search_syntax search;         /* FILTER_SEARCH */
    str search_configuration;     /* "english", or empty: the database's */
    const embed *related;         /* FILTER_EXISTS: its hop, model and filter */
    /* FILTER_EXISTS of a parent by one column: the parents are few, so look for
     * them first. */
    bool begins_there;
    value value;
    const value *values; /* FILTER_IN */
    size_t value_count;
    const filter *const *children; /* FILTER_ALL, FILTER_ANY */
    size_t child_count;
};

typedef struct query_column {
    const field *field;
    str name; /* the key in the output: an alias or the column's name */
    const derivation *derivation; /* of the field; NULL: the column itself */
} query_column;

/* The column as it is, under its own name. */
static inline query_column query_column_of(const field *f) {
    return (query_column){.field = f, .name = f->column};
}

typedef struct query_order {
    const field *field;
    bool is_descending;
    bool are_nulls_first;
    const derivation *derivation; /* of the field; NULL: the column itself */
    /* Where the field is in the one row that this leads to, if it passes the
     * filter there; NULL: in the row itself. */
    const embed *related;
} query_order;

enum { QUERY_NO_LIMIT = -1 };

/* How sure the total must be. SQLite always counts. */
typedef enum total_kind {
    TOTAL_EXACT,
    TOTAL_PLANNED,   /* what the planner of the database guesses */
    TOTAL_ESTIMATED, /* counted up to total_bound, beyond that a guess */
} total_kind;

/* Rows that a function returns, in place of a table's. */
typedef struct function_call {
    const function *function;
    const value *arguments; /* as the function's parameters */
    /* Of a foreign function: each as its type is written, not JSON; and of one
     * that is variadic a JSON list of such. */
    bool are_texts;
} function_call;

/* How the database finds the rows, in place of them. SQLite knows no options,
 * and tells of the outer rows alone. */
typedef struct query_plan {
    bool is_json;
    bool is_run; /* and measured */
    bool is_verbose;
    bool has_settings;
    bool has_buffers;
    bool has_wal;
} query_plan;

struct query {
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
    bool is_grouped;  /* of its aggregates, see grouping.h */
    /* The columns are those that the door shows of the model unasked, always
     * the same for one session: the shape need not name them. */
    bool has_all_columns;
    total_kind total;
    int64_t total_bound; /* or QUERY_NO_LIMIT: all are counted */
    const embed *embeds;
    size_t embed_count;
    const function_call *call; /* or NULL: the rows of the model's table */
    database_scope *scope;     /* or NULL; no shape */
    /* Or NULL. If so, rows have one cell, lines of text, and total is not
     * looked for. */
    const query_plan *plan;
    /* It may be answered by a copy of the database that is a little behind, but
     * has come as far as seen. */
    bool may_lag;
    commit_position seen;
};

/* From a row of one model, the origin, to rows of another, the target. */
typedef enum hop_kind {
    HOP_TO_PARENT,  /* the origin has the foreign key */
    HOP_TO_CHILD,   /* the target has it */
    HOP_JOIN_TABLE, /* an implicit many-to-many: relation->join_table */
    HOP_JUNCTION,   /* a model between them has a foreign key to each */
    /* Of a database that is served as it is found: function makes the target's
     * rows of the origin's row. PostgreSQL's alone. */
    HOP_COMPUTED,
} hop_kind;

typedef struct hop {
    hop_kind kind;
    bool is_to_one;
    bool is_from_a;           /* HOP_JOIN_TABLE: the origin is in column A */
    const relation *relation; /* of a junction: the one to the origin */
    const function *function; /* HOP_COMPUTED, which has no relation */
    const relation *onward;   /* HOP_JUNCTION: from there to the target */
    /* HOP_JUNCTION: its rows that count; NULL: all. Set by the planner. */
    const filter *junction_where;
} hop;

/*
 * Related rows as part of each row. Without is_spread they are one cell: text
 * that is JSON, an object or VALUE_NULL of a hop to one row, else an array. A
 * spread's cells are cells of the outer row: of a hop to one row as they are,
 * all null without a row; else each the JSON array of that cell in all rows.
 * Aggregates in a spread to one row are those of the outer rows; one to several
 * has none.
 */
struct embed {
    hop hop;
    query query; /* limit and offset: for each outer row */
    str name;    /* the key in the output */
    /* One for each cell of the query, as the engine writes them. */
    const row_column *keys;
    bool is_spread;
};

/* The values of a row: the columns, then the embeds in their order, the cells
 * of a spread in place of one. */
size_t query_cell_count(const query *q);
size_t embed_cell_count(const embed *embeds, size_t embed_count);

/* What the values of the column, or of the derivation made of it, are. */
static inline const field *query_result(const field *f, const derivation *d) {
    return d == NULL ? f : &d->result;
}

/* Appends bytes that are equal for two queries exactly if one prepared
 * statement serves both. limit and offset are values, not shape (but whether
 * there is one, is). wants_total is not in it: the count is a statement of its
 * own; finds_one says what the filter says. */
void query_write_shape(buf *out, const query *q);
void filter_write_shape(buf *out, const filter *f);
void function_call_write_shape(buf *out, const function_call *call);
void embed_write_shape(buf *out, const embed *e);
void query_write_order_shape(buf *out, const query_order *order, size_t count);
void query_write_columns_shape(buf *out, const query_column *columns,
                               size_t count, const embed *embeds,
                               size_t embed_count);

/* One row by its key, whatever the table's size, and nothing that leads to other
 * rows: this takes no time worth mentioning. */
bool query_is_quick(const query *q);

/* How many parameters stand for a list of so many values: the next power of
 * two, so that lists of different lengths share statements. The last value
 * fills the rest. */
size_t filter_in_slots(size_t value_count);

#endif
