/*
 * lite_tsquery.h: what a text search looks for, in PostgreSQL's four syntaxes.
 *
 *     SEARCH_QUERY    fat & (rat | cat:*) & !dog <-> 'big house'
 *     SEARCH_PLAIN    fat rats              all of the words
 *     SEARCH_PHRASE   the fat rats          in this order, side by side
 *     SEARCH_WEB      "fat rat" or cat -dog
 *
 * Texts are made into lexemes by a lexer, whose business language and case
 * are. What it drops, words such as "the", drops out of the query, but keeps
 * its place in a phrase. A query of which nothing is left matches nothing.
 */
#ifndef DATABASE_SQLITE_LITE_TSQUERY_H
#define DATABASE_SQLITE_LITE_TSQUERY_H

#include <stdbool.h>

#include "base/err.h"
#include "database/query.h"

enum { LITE_TSQUERY_MAX_DEPTH = 64 };

typedef struct lite_lexeme {
    str text;
    size_t position; /* which word it is, from 1; dropped ones count */
} lite_lexeme;

typedef struct lite_lexemes {
    lite_lexeme *list;
    size_t count;
    size_t word_count; /* with those that were dropped */
} lite_lexemes;

typedef err *lite_lexer(void *context, arena *a, str text, lite_lexemes *out);

typedef struct lite_tsquery lite_tsquery;

/* In the arena. ERR_INVALID if text is no query in that syntax, which only
 * SEARCH_QUERY knows, or nests too deep. */
fallible lite_tsquery_parse(arena *a, search_syntax syntax, str text,
                            lite_lexer *lexer, void *context,
                            const lite_tsquery **out);

/* a is for scratch. */
bool lite_tsquery_matches(arena *a, const lite_tsquery *q,
                          const lite_lexemes *text);

/* 'fat' & ( 'rat' | 'cat':* ), as PostgreSQL shows it; empty when nothing is
 * left. */
str lite_tsquery_text(arena *a, const lite_tsquery *q);

#endif
