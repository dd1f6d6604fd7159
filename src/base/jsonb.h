/*
 * jsonb.h: JSON as PostgreSQL's jsonb understands it.
 *
 *     {"bb": 1, "a": 2, "a": 3}     has the members a: 3 and bb: 1
 *
 * An object has each member once, the last one written, in the order of the
 * lengths of their names and then of their bytes. All values have an order:
 * null, strings, numbers, booleans, arrays, objects; the latter two by their
 * size first. Strings are compared by their bytes.
 */
#ifndef BASE_JSONB_H
#define BASE_JSONB_H

#include "base/json.h"

typedef struct jsonb_member {
    str key;
    uint32_t at; /* among items as they were written */
    const json *value;
} jsonb_member;

typedef struct jsonb_members {
    jsonb_member *list;
    size_t count;
} jsonb_members;

jsonb_members jsonb_members_of(arena *a, const json *object);

/* Below 0, 0 or above, as memcmp. The arena is for the work. */
int jsonb_compare(arena *a, const json *x, const json *y);

/* The same of texts. What is not JSON is larger than all that is. */
int jsonb_compare_texts(arena *a, str x, str y);

#endif
