/*
 * function.h: a function of the application, SQL that clients call.
 *
 *     function tasks_of returns Task[] {
 *       owner  String
 *       status Status @default(OPEN)
 *
 *       @@sql("SELECT * FROM task WHERE owner_id = :owner AND status = :status")
 *       @@stable
 *       @@allow('call', true)
 *     }
 *
 * No database has it: the SQL is a statement that is prepared and run with the
 * arguments bound, so no migration knows of it. Its arguments are the columns
 * of a model without a table, and so are the rows of a function that gives back
 * what no model describes. That makes them read, checked, filtered and ordered
 * by whatever does so for tables.
 *
 * A database that is served as it is found has functions of its own. Names of
 * those may be shared: arguments tell them apart.
 */
#ifndef SCHEMA_FUNCTION_H
#define SCHEMA_FUNCTION_H

#include "schema/schema.h"

typedef enum function_volatility {
    FUNCTION_VOLATILE,  /* may write */
    FUNCTION_STABLE,    /* reads */
    FUNCTION_IMMUTABLE, /* does not even read */
} function_volatility;

typedef enum function_result {
    RESULT_VOID,
    RESULT_VALUE, /* one column, which is called as the function */
    RESULT_ROW,
} function_result;

/* A statement in pieces: texts[0] arguments[0] texts[1] ... One text more than
 * arguments. Texts are SQL of the schema file; an argument stands for a bound
 * value. It has no semicolon at its end. */
typedef struct function_statement {
    const str *texts;
    const field *const *arguments;
    size_t argument_count;
    bool is_query; /* begins with SELECT, WITH or VALUES */
} function_statement;

struct function {
    str name;
    str doc;
    const model *arguments; /* its columns; its rules say who may call */
    /* What its rows are, or NULL: a model of the schema, or one without a
     * table for a value or a type. */
    const model *row;
    function_result result;
    bool is_list;     /* any number of rows; else one */
    bool is_optional; /* or none */
    function_volatility volatility;
    /* One, and of a volatile one maybe several, of which the last gives the
     * rows. For the schema's engine. */
    const function_statement *statements;
    size_t statement_count;
    /* A computed field of this model: its only argument is a row of it. Then
     * the statement is part of others, and asks for columns of the row:
     * arguments of it are fields of this model. Else NULL. A foreign one is
     * called with the row; one that returns rows is a computed relation. */
    const model *computed_of;
    /* Of a database that is served as it is found: it is called by its name in
     * that schema, and has no statements. */
    bool is_foreign;
    bool is_single; /* of a list it says that it has one row at most */
    bool is_opaque; /* what it returns has columns that only a call shows */
    str database_schema;
    const field *variadic;    /* its last argument takes any number; or NULL */
    const function *overload; /* another one of that name, or NULL */
    uint32_t index;           /* in schema->functions */
    source_span span;
};

/* "stable" */
str function_volatility_name(function_volatility v);

/* The computed field of that name, as the field that is its value; or NULL. */
const field *function_find_computed(const schema *s, const model *m, str name);

/* The function whose value that field is, if it is a computed one; or NULL. */
const function *function_of_computed(const field *f);

/* May an argument be left out of a call? */
bool function_argument_is_optional(const field *f);

#endif
