/*
 * sql_spelling.h: one spelling for all that says the same.
 *
 *     'a'::text       'a'
 *     (now())         now ( )
 *     "name", NAME    name
 *     1.50            1.5       among numbers; dates and JSON by value, too
 *
 * A text in an expression is what its column holds: '007' is a number in one of
 * numbers, and a text in one of texts.
 */
#ifndef DATABASE_SQL_SPELLING_H
#define DATABASE_SQL_SPELLING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/sql_token.h"

/* What the literals of an expression are. */
typedef enum sql_literals {
    SQL_TEXTS,
    SQL_NUMBERS,
    SQL_BOOLEANS,
    SQL_DATES,
    SQL_JSON,
} sql_literals;

/* Words and signs with a blank between them. */
str sql_spelling(arena *a, sql_literals literals, str sql);

/* A word or a quoted name, behind a blank unless it is the first. */
void sql_spelling_put_name(arena *a, buf *out, sql_token t);

/* Without the brackets around the whole. */
str sql_unbracketed(str sql);

#endif
