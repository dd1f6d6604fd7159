/*
 * coerce_change.h: what becomes of a column, as clients write it: an object of
 * one operator where a value would stand.
 *
 *     {"stock": {"decrement": 1}}    numbers: increment, decrement, multiply,
 *                                    divide
 *     {"tags": {"push": ["a"]}}      lists: push, of one or of many
 *     {"note": {"unset": true}}      any but a list: null
 *     {"note": {"set": "b"}}         any: the value itself
 *
 * A Json column has none: there an object is a value.
 */
#ifndef CORE_COERCE_CHANGE_H
#define CORE_COERCE_CHANGE_H

#include "core/coerce.h"
#include "schema/relative_operator.h"

bool coerce_change_is(const field *f, const json *j);

/* Of a value that it is. null only with RELATIVE_SET. ERR_VALUE_TYPE for an
 * operator that the column does not have, and for more than one; the errors of
 * coerce.h about the operand. */
fallible coerce_change(arena *a, const field *f, const json *j,
                       relative_operator *op, value *operand);

#endif
