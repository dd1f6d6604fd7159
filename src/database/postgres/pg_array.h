/*
 * pg_array.h: lists as PostgreSQL's array literals.
 *
 *     {"a","b \"c\"",NULL,12}
 */
#ifndef DATABASE_POSTGRES_PG_ARRAY_H
#define DATABASE_POSTGRES_PG_ARRAY_H

#include "base/arena.h"
#include "base/err.h"
#include "database/value.h"

/* One element for each of count values, the first of them at values, the others
 * stride values apart. */
str pg_array_of_values(arena *a, const value *values, size_t count,
                       size_t stride);

/* From the value of a list column, a JSON array. An element is the text of a
 * string, or the source of anything else; of a list of JSON it is its source
 * always. ERR_VALUE_SYNTAX if it is no array. */
fallible pg_array_of_list(arena *a, str list, bool is_json, str *out);

#endif
