/*
 * introspect_literal.h: a constant as SQL spells it in a DEFAULT.
 *
 *     'it''s'::text     -1     true     X'6869'     ARRAY['a'::text, 'b'::text]
 *
 * Casts and brackets around the whole are read over: the column has a type of
 * its own. Anything else is an expression, and no constant.
 */
#ifndef DATABASE_INTROSPECT_LITERAL_H
#define DATABASE_INTROSPECT_LITERAL_H

#include "base/arena.h"
#include "base/str.h"

typedef enum literal_kind {
    LITERAL_TEXT,
    LITERAL_NUMBER,
    LITERAL_TRUE,
    LITERAL_FALSE,
    LITERAL_NULL,
    LITERAL_BYTES, /* X'...' */
    LITERAL_LIST,
} literal_kind;

typedef struct literal {
    literal_kind kind;
    str text; /* decoded; of a number its digits; of bytes the hex digits */
    const struct literal *items;
    size_t count;
} literal;

/* False when the SQL is no constant. */
bool literal_read(arena *a, str sql, literal *out);

#endif
