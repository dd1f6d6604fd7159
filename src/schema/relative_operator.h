/*
 * relative_operator.h: what a write may do to a column of a row that is there.
 *
 *     {"stock": {"decrement": 1}}
 */
#ifndef SCHEMA_RELATIVE_OPERATOR_H
#define SCHEMA_RELATIVE_OPERATOR_H

#include "schema/schema.h"

typedef enum relative_operator {
    RELATIVE_SET, /* to the operand */
    RELATIVE_INCREMENT,
    RELATIVE_DECREMENT,
    RELATIVE_MULTIPLY,
    RELATIVE_DIVIDE,
    RELATIVE_PUSH, /* behind a list: the operand is a list as well */
} relative_operator;

/* "increment" */
str relative_operator_name(relative_operator op);

/* Is the operator one for the column? Arithmetic is for numbers, push for
 * lists. Of a foreign column nobody knows, so there is none but RELATIVE_SET. */
bool relative_operator_fits(relative_operator op, const field *f);

#endif
