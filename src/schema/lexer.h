/*
 * lexer.h: the text of a schema file as tokens.
 *
 * The lexer never fails: what is no token becomes one of the TOKEN_BAD kinds,
 * and the parser decides whether that is worth an error of its own (in a line
 * that is already in error it is not).
 *
 * Nothing is lost: white space is what stands between tokens, comments are kept
 * beside them, and a token knows how many comments came before it and whether
 * it is the first of its line. So the parser sees a flat list in which a line
 * end is a property, and a formatter can put every comment back.
 */
#ifndef SCHEMA_LEXER_H
#define SCHEMA_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NAME, /* letters, digits, _ and -; also with a bad first character */
    TOKEN_NUMBER,
    TOKEN_STRING, /* "text", 'text', or """lines of text""" */
    TOKEN_LEFT_BRACE,
    TOKEN_RIGHT_BRACE,
    TOKEN_LEFT_PAREN,
    TOKEN_RIGHT_PAREN,
    TOKEN_LEFT_BRACKET,
    TOKEN_RIGHT_BRACKET,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_DOT,
    TOKEN_EQUALS,
    TOKEN_QUESTION,
    TOKEN_BANG,
    TOKEN_AT,
    TOKEN_AT_AT,
    TOKEN_OPERATOR, /* of conditions: == != && || < > <= >= ^; of states: -> | */
    TOKEN_BAD_CHARACTER,
    TOKEN_BAD_STRING, /* not closed: on its line, or at all */
} token_kind;

/* Bytes of """. */
enum { LEXER_TEXT_QUOTE = 3 };

typedef struct token {
    token_kind kind : 8;
    bool is_first : 1; /* of its line */
    uint32_t from;
    uint32_t to;
    uint32_t comments; /* how many came before it in the file */
} token;

typedef enum comment_kind {
    COMMENT_LINE,  /* two slashes */
    COMMENT_DOC,   /* three */
    COMMENT_BLOCK, /* slash and star, over several lines */
} comment_kind;

typedef struct comment {
    comment_kind kind;
    bool is_first;    /* of its line: belongs to what follows */
    bool is_unclosed; /* a block comment that runs to the end of the file */
    uint32_t from;
    uint32_t to;
} comment;

typedef struct token_list {
    const token *tokens; /* the last one is TOKEN_END */
    size_t count;
    const comment *comments;
    size_t comment_count;
} token_list;

/* text must be valid UTF-8 and shorter than 4 GiB. */
token_list lexer_run(arena *a, str text);

#endif
