/*
 * sql_token.h: SQL as words, to compare and split what people and catalogs
 * wrote.
 *
 *     for (sql_token t; sql_token_next(&rest, &t);)
 *
 * It knows what both engines have: names, "quoted names", 'texts' (with a
 * letter before them: x'00', E'\n', b'1'), $tag$texts$tag$, numbers, and signs.
 * Blanks and comments stand between. Text that never ends is a token up to the
 * end of the input: nothing is refused here.
 */
#ifndef BASE_SQL_TOKEN_H
#define BASE_SQL_TOKEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

typedef enum sql_token_kind {
    SQL_WORD,   /* name, SELECT */
    SQL_QUOTED, /* "name" */
    SQL_TEXT,   /* 'text', x'00', $$text$$ */
    SQL_NUMBER, /* 1.5e3, without a sign */
    SQL_SIGN,   /* one character, or :: */
} sql_token_kind;

typedef struct sql_token {
    sql_token_kind kind;
    str text; /* as written */
} sql_token;

/* False at the end. */
bool sql_token_next(str *rest, sql_token *out);

/* A word, in any case. */
bool sql_token_is_word(sql_token t, str word);
bool sql_token_is_sign(sql_token t, char sign);

/* Of a word or a quoted name: without the quotes, inner ones single. */
str sql_token_name(arena *a, sql_token t);

/* The content of 'it''s'. Texts of other forms are given back as written. */
str sql_token_content(arena *a, sql_token t);

#endif
