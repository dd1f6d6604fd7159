/*
 * payload.h: the body of a write as rows of values.
 *
 * An object is one row, an array of objects many. The columns are those that
 * `columns` names, else the keys of the first object, which all others must
 * then have too. What an object leaves out is null, or, with missing=default,
 * the column's default. A value may be an operator (coerce_change.h), which all
 * objects then have for that column.
 */
#ifndef API_REST_PAYLOAD_H
#define API_REST_PAYLOAD_H

#include "api/rest/rest_request.h"
#include "core/nested_write.h"

typedef struct payload {
    const field **fields;
    size_t field_count;
    value *values; /* row after row; VALUE_DEFAULT: left out */
    size_t row_count;
    relative_operator
        *operators; /* one for each field, or NULL: values are set */
    /* Rows with relations in them (nested_payload.h), and then nothing else is
     * set but row_count; or NULL. */
    const nested_row *nested;
} payload;

/* Of any form that Content-Type may name: JSON, CSV or a form (payload_text.h).
 * ERR_BODY, ERR_UNKNOWN_BODY_COLUMN, or why a value does not fit its column. */
fallible payload_read(arena *a, const rest_request *r, payload *out);

/* For whoever reads one form of a body. ERR_TOO_LARGE: more rows or cells than
 * a body may have. */
fallible payload_check_size(arena *a, const payload *p);
err *payload_refuse_twice(arena *a, const field *f);

/* ERR_BODY, for any body that should be JSON; details say where it is not. */
err *payload_refuse_json(arena *a, str details);

#endif
