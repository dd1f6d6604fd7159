/* scalar_type.h: the types of the schema language that are values. */
#ifndef SCHEMA_SCALAR_TYPE_H
#define SCHEMA_SCALAR_TYPE_H

#include <stdbool.h>

#include "base/str.h"

typedef enum scalar_type {
    SCALAR_STRING,
    SCALAR_BOOLEAN,
    SCALAR_INT,    /* 32 bits */
    SCALAR_BIGINT, /* 64 bits */
    SCALAR_FLOAT,
    SCALAR_DECIMAL,
    SCALAR_DATETIME, /* an instant, in UTC, to the millisecond */
    SCALAR_JSON,
    SCALAR_BYTES,
} scalar_type;
enum { SCALAR_TYPE_COUNT = SCALAR_BYTES + 1 };

/* "DateTime", as the schema language writes it. */
str scalar_type_name(scalar_type type);

static inline bool scalar_type_is_whole(scalar_type type) {
    return type == SCALAR_INT || type == SCALAR_BIGINT;
}

static inline bool scalar_type_is_number(scalar_type type) {
    return scalar_type_is_whole(type) || type == SCALAR_FLOAT ||
           type == SCALAR_DECIMAL;
}

/* False when there is none of that name. */
bool scalar_type_find(str name, scalar_type *out);

#endif
