/* operator.h: the operators of the filter language. */
#ifndef API_REST_OPERATOR_H
#define API_REST_OPERATOR_H

#include "api/rest/scan.h"
#include "database/query.h"

typedef enum operator_kind {
    OPERATOR_COMPARE,
    OPERATOR_LIKE,
    OPERATOR_IN,
    OPERATOR_IS,
    OPERATOR_DISTINCT,
    OPERATOR_LIST,
    OPERATOR_ABSENT, /* the dialect has it, this release does not */
} operator_kind;

typedef struct operator_row {
    str name;
    str sql; /* what PostgreSQL calls it, for errors */
    operator_kind kind;
    compare_op compare;
    bool is_case_sensitive;
    list_op list;
} operator_row;

/* Reads `[not.]name.`; the value is next then. */
fallible operator_take(arena *a, scan *s, bool *is_negated,
                       const operator_row **out);

/* Does the text begin as a filter does, with `eq.`, `not.in.` or `like(any)`? */
bool operator_is_next(str text);

/* Whether a column's type has the operator: ERR_OPERATOR_TYPE. */
fallible operator_check_type(arena *a, const operator_row *op, const field *f);

#endif
