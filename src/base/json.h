/*
 * json.h: JSON as RFC 8259 defines it, and nothing more.
 *
 * The reader makes a tree in an arena. Numbers keep their source text, so that
 * integers past 2^53 and decimals stay exact; strings are decoded and are valid
 * UTF-8 (a lone surrogate or a raw control character is an error). Depth and
 * number of values are bounded, because a value in a tree takes some hundred
 * bytes and in the text no more than two. A key that comes twice is kept twice, in order: json_find returns
 * the last one, and who must refuse duplicates can see them.
 *
 * The writer appends to a buf. It has no state: commas and colons are the
 * caller's, who knows what it writes.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    JSON_MAX_DEPTH = 64,       /* a scalar at the top has depth 0 */
    JSON_MAX_VALUES = 1 << 20, /* in all */
};

typedef enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
} json_kind;

typedef struct json json;
struct json {
    json_kind kind;
    uint32_t count;    /* items or members */
    str text;          /* a string decoded; else the value's source text */
    const json *items; /* of an array; of an object: the values */
    const str *keys;   /* of an object, decoded, pairwise with items */
};

/* Reads all of text. The tree may borrow from text. ERR_BODY with the byte
 * where reading stopped. */
fallible json_parse(arena *a, str text, const json **out);

/* The value of the last member of that name, or NULL. NULL as well if it is
 * not an object. */
const json *json_find(const json *object, str key);

/* True if it is a number, written as an integer, that fits. */
bool json_int64(const json *number, int64_t *out);

/* The nearest double; false if it is not a number or past the range. */
bool json_double(const json *number, double *out);

/* With the quotes. text must be valid UTF-8. */
void json_write_string(buf *out, str text);

/* The tree in compact form; members that came twice are written twice. Numbers
 * as they were written. */
void json_write(buf *out, const json *value);

/* The shortest digits that read back as the same double, laid out as PostgreSQL
 * does: 0.5, 5, 1e+15, 1e-05. It must be finite. */
void json_write_double(buf *out, double number);

#endif
