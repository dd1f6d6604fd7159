/*
 * rest_filter.h: from `column=operator.value` and `or=(...)` to a filter tree.
 *
 *     status=in.(OPEN,"on hold")     status IN (...)
 *     title=not.ilike.*draft*        NOT title ILIKE '%draft%'
 *     or=(age.lt.18,and(age.gt.65,member.is.true))
 *
 * Each name is resolved and each value coerced here, so the tree holds fields
 * and values only. What one request may ask is bounded: depth, conditions and
 * list values.
 */
#ifndef API_REST_REST_FILTER_H
#define API_REST_REST_FILTER_H

#include "base/err.h"
#include "database/query.h"

enum {
    FILTER_MAX_DEPTH = 16,
    FILTER_MAX_CONDITIONS = 500,
    FILTER_MAX_VALUES = 10000,
};

/* What all filters of one request share. Zero-initialize but for the names. */
typedef struct filter_reader {
    const schema *schema;
    const model *model;
    size_t condition_count;
    size_t value_count;
} filter_reader;

/* text is what follows `column=`, decoded. */
fallible rest_filter_parse(arena *a, filter_reader *r, const field *f, str text,
                           const filter **out);

/* text is what follows `or=` or `and=`, decoded: with its parentheses. */
fallible rest_filter_parse_logic(arena *a, filter_reader *r, filter_kind kind,
                                 bool is_negated, str text, const filter **out);

#endif
