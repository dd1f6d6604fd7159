/*
 * lite_json.h: what PostgreSQL does with jsonb, on JSON text.
 *
 * Texts that are not JSON, which only a database of others can hold, have no
 * inside and are larger than all JSON.
 */
#ifndef DATABASE_SQLITE_LITE_JSON_H
#define DATABASE_SQLITE_LITE_JSON_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "database/derivation.h"

/* The steps as one value that can be bound. */
str lite_json_make_path(arena *a, const json_step *steps, size_t count);

/* What the path leads to, as jsonb's text or, with is_text, as ->> shows it.
 * False when there is nothing. A scalar is its own first element. */
bool lite_json_get(arena *a, str text, str path, bool is_text, str *out);

/* The text of jsonb: {"a": 1, "bb": [1.50, null]}, keys by length and bytes,
 * each once. False if text is no JSON. */
bool lite_json_normalize(arena *a, str text, str *out);

/* jsonb's order: null, strings, numbers, booleans, arrays, objects. */
int lite_json_compare(str x, str y);

/* whole @> part */
bool lite_json_contains(arena *a, str whole, str part);

#endif
