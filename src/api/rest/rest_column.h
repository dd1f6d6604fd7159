/*
 * rest_column.h: what a request makes of a column: a place inside of its JSON,
 * a cast, an aggregate; with the type that comes out.
 *
 * Casts are those of PostgreSQL between the types that we have, and errors have
 * its words.
 */
#ifndef API_REST_REST_COLUMN_H
#define API_REST_REST_COLUMN_H

#include "api/rest/select_tree.h"
#include "base/err.h"

/* The place; *out is NULL without arrows. ERR_OPERATOR_TYPE when the column is
 * no JSON. */
fallible rest_column_at_path(arena *a, const field *f, const rest_path *p,
                             const derivation **out);

/* All that an item of kind SELECT_COLUMN asks for; *out is NULL when that is
 * the column itself. ERR_OPERATOR_TYPE, ERR_CAST, and ERR_UNSUPPORTED for a type
 * that we do not know. */
fallible rest_column_derive(arena *a, const field *f, const select_item *it,
                            const derivation **out);

#endif
