/*
 * condition_function.h: what conditions may call, and with what.
 *
 * One table of the functions' names, parameters and results; the checks of a
 * call are derived from it.
 */
#ifndef SCHEMA_CONDITION_FUNCTION_H
#define SCHEMA_CONDITION_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/nearest.h"
#include "base/str.h"
#include "schema/scalar_type.h"

typedef enum condition_function {
    FUNCTION_NOW,
    FUNCTION_CONTAINS, /* text, part, whether case counts not */
    FUNCTION_STARTS_WITH,
    FUNCTION_ENDS_WITH,
    FUNCTION_HAS,       /* list, element */
    FUNCTION_HAS_SOME,  /* list, list */
    FUNCTION_HAS_EVERY, /* list, list */
    FUNCTION_IS_EMPTY,  /* list */
    FUNCTION_CHECK,     /* row, operation: what the row's model allows */
    FUNCTION_CAN,       /* auth().can(verb, row): a permission, in a space */
    FUNCTION_CURRENT_MODEL,
    FUNCTION_CURRENT_OPERATION,
    FUNCTION_LENGTH, /* code points of a text, elements of a list */
    FUNCTION_REGEX,  /* text, pattern */
    FUNCTION_EMAIL,
    FUNCTION_URL,
    FUNCTION_DATETIME,
} condition_function;

/* Where a condition stands. */
typedef enum condition_use {
    USE_POLICY = 1,
    USE_VALIDATE = 2,
    USE_DATABASE = 4, /* as SQL that the database keeps: @@check, where: */
} condition_use;

typedef enum function_parameter {
    PARAMETER_NONE,
    PARAMETER_TEXT,      /* a String */
    PARAMETER_SWITCH,    /* the word true or false */
    PARAMETER_LIST,      /* a list field */
    PARAMETER_ELEMENT,   /* of the type of the list's elements */
    PARAMETER_ELEMENTS,  /* a list of those */
    PARAMETER_ROW,       /* a relation to one row, or this */
    PARAMETER_OPERATION, /* 'read' */
    PARAMETER_VERB,      /* 'project.publish' */
    PARAMETER_CASE,      /* 'upper' */
    PARAMETER_PATTERN,   /* a regular expression */
    PARAMETER_COUNTABLE, /* a String or a list */
} function_parameter;

enum { FUNCTION_MAX_PARAMETERS = 3 };

typedef struct condition_function_spec {
    str name;
    condition_function id;
    unsigned uses; /* bits of condition_use */
    scalar_type result;
    size_t required; /* the rest may be left out */
    function_parameter parameters[FUNCTION_MAX_PARAMETERS];
    bool is_of_auth; /* written auth().name(...) */
} condition_function_spec;

/* NULL when there is none of that name. */
const condition_function_spec *condition_function_find(str name,
                                                       bool is_of_auth);

/* "contains", the first of its names. */
str condition_function_name(condition_function id);

/* Offers the names of those that may stand there. */
void condition_function_offer(nearest *n, bool is_of_auth, condition_use use);

#endif
