/*
 * rest_filter.h: from `column=operator.value` and `or=(...)` to a filter tree.
 *
 *     status=in.(OPEN,"on hold")     status IN (...)
 *     title=not.ilike.*draft*        NOT title ILIKE '%draft%'
 *     title=like(any).{a*,b*}        (title LIKE 'a%' OR title LIKE 'b%')
 *     data->>size=eq.5               of a place inside of the column's JSON
 *     tasks=is.null                  no row of the embedded tasks passes
 *     or=(age.lt.18,and(age.gt.65,member.is.true))
 *
 * Each name is resolved and each value coerced here, so the tree holds fields
 * and values only. What one request may ask is bounded: depth, conditions and
 * list values.
 */
#ifndef API_REST_REST_FILTER_H
#define API_REST_REST_FILTER_H

#include "api/rest/rest_node.h"
#include "api/rest/rest_path.h"
#include "base/err.h"

enum {
    FILTER_MAX_DEPTH = 16,
    FILTER_MAX_CONDITIONS = 500,
    FILTER_MAX_VALUES = 10000,
};

/* What all filters of one request share. Zero-initialize but for the schema. */
typedef struct filter_reader {
    const schema *schema;
    size_t condition_count;
    size_t value_count;
} filter_reader;

/* What a filter is about. */
typedef struct filter_subject {
    const field *field;
    const derivation *derivation; /* or NULL */
} filter_subject;

/* text is what follows `column=`, decoded. */
fallible rest_filter_parse(arena *a, filter_reader *r, filter_subject subject,
                           str text, const filter **out);

/* A path that is a column of the node's table, or a place in its JSON; or else
 * the name of a table embedded in it, and is.null or not.is.null. */
fallible rest_filter_parse_named(arena *a, filter_reader *r, rest_node *n,
                                 const rest_path *path, str text,
                                 const filter **out);

/* text is what follows `or=` or `and=`, decoded: with its parentheses. Names are
 * those of the node. */
fallible rest_filter_parse_logic(arena *a, filter_reader *r, rest_node *n,
                                 filter_kind kind, bool is_negated, str text,
                                 const filter **out);

#endif
