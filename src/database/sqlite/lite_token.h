/*
 * lite_token.h: SQLite's SQL cut into tokens, for reading what it keeps.
 *
 * Blanks and comments are skipped. Every byte that begins nothing else is a
 * token of its own, and what is not closed reaches to the end: nothing fails.
 */
#ifndef DATABASE_SQLITE_LITE_TOKEN_H
#define DATABASE_SQLITE_LITE_TOKEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

typedef enum lite_token_kind {
    LITE_TOKEN_END,
    LITE_TOKEN_WORD,   /* a keyword, a bare name, a number */
    LITE_TOKEN_QUOTED, /* "name", `name`, [name] */
    LITE_TOKEN_TEXT,   /* 'text' */
    LITE_TOKEN_MARK,   /* one byte: ( ) , . ; = */
} lite_token_kind;

typedef struct lite_token {
    lite_token_kind kind;
    str text; /* with its quotes */
} lite_token;

/* Takes the first token off *rest. */
lite_token lite_token_take(str *rest);

/* The same without taking it. */
lite_token lite_token_peek(str rest);

bool lite_token_is_mark(lite_token t, char mark);

/* A keyword in any case; quoted words are none. */
bool lite_token_is_word(lite_token t, str word);

/* A name without its quotes. SQLite takes 'text' for a name, too, where only a
 * name can stand. */
str lite_token_name(arena *a, lite_token t);

#endif
