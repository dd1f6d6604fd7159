/*
 * coerce.h: from what a client wrote to the value a column holds.
 *
 * Text comes from a URL, JSON from a body; both end in the same value or in
 * the error that PostgreSQL would give, with its words, because clients and
 * people know them:
 *
 *     invalid input syntax for type integer: "abc"
 *
 * ERR_VALUE_SYNTAX, ERR_VALUE_RANGE, ERR_VALUE_DATETIME,
 * ERR_VALUE_DATETIME_RANGE, or ERR_VALUE_TYPE for an object or array where a
 * single value belongs. A list (coerce_list.h) is an array, and in text
 * PostgreSQL's literal. The value borrows from the input or lives in a.
 */
#ifndef CORE_COERCE_H
#define CORE_COERCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "database/value.h"
#include "schema/schema.h"

/* text is valid UTF-8. Of a foreign column any text is a value, and the database
 * is asked. */
fallible coerce_text(arena *a, const field *f, str text, value *out);

/* null is VALUE_NULL for any column: whether it may be is the table's rule. */
fallible coerce_json(arena *a, const field *f, const json *j, value *out);

/* What PostgreSQL calls the column's type, or that of a list's elements:
 * "timestamp with time zone". */
str coerce_type_name(const field *f);

#endif
