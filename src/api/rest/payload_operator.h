/*
 * payload_operator.h: operators (coerce_change.h) in the objects of a body.
 *
 * A write does one thing to a column, so all objects have the same operator for
 * it, or none of them has one.
 */
#ifndef API_REST_PAYLOAD_OPERATOR_H
#define API_REST_PAYLOAD_OPERATOR_H

#include "api/rest/payload.h"

/* What an object has for the field of that number, RELATIVE_SET for a value.
 * Needs not be told of values while there are no operators. ERR_BODY if objects
 * before it have another. */
fallible payload_operator_note(arena *a, payload *p, size_t row, size_t slot,
                               relative_operator op);

#endif
