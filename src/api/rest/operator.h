/*
 * operator.h: the operators of the filter language.
 *
 *     eq.5    not.is.null    like(any).{a*,b*}    fts(english).fat
 */
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
    OPERATOR_MATCH,
    OPERATOR_RANGE,
    OPERATOR_SEARCH,
} operator_kind;

typedef struct operator_row {
    str name;
    str sql; /* what PostgreSQL calls it, for errors */
    operator_kind kind;
    compare_op compare;
    bool is_case_sensitive;
    bool is_quantifiable;
    list_op list;
    search_syntax search;
    range_op range;
} operator_row;

typedef enum quantifier {
    QUANTIFIER_NONE,
    QUANTIFIER_ANY,
    QUANTIFIER_ALL
} quantifier;

/* An operator as a filter has it. */
typedef struct operator_use {
    const operator_row *row;
    bool is_negated;
    quantifier quantifier;
    str configuration; /* of a search, or empty */
} operator_use;

/* Reads `[not.]name[(modifier)].`; the value is next then. */
fallible operator_take(arena *a, scan *s, operator_use *out);

/* Does the text begin as a filter does, with `eq.`, `not.in.` or `like(any)`? */
bool operator_is_next(str text);

/* Whether a column's type has the operator: ERR_OPERATOR_TYPE. */
fallible operator_check_type(arena *a, const operator_row *op, const field *f);

#endif
