/*
 * pg_script.h: a file of SQL, split into its statements.
 *
 *     pg_script rest = pg_script_of(text);
 *     pg_statement s;
 *     while (pg_script_next(&rest, &s))
 *         use(s.text, s.line);
 *
 * PostgreSQL takes a whole script at once and says which character it did not
 * like, but only for mistakes of syntax and names; for the rest, and for
 * statements that must run alone (CREATE INDEX CONCURRENTLY), one has to know
 * where a statement starts and ends. That is decided by the lexer alone:
 * strings, $tag$ bodies, nested comments, parentheses, and BEGIN ATOMIC ... END.
 */
#ifndef DATABASE_POSTGRES_PG_SCRIPT_H
#define DATABASE_POSTGRES_PG_SCRIPT_H

#include "base/str.h"

typedef struct pg_place {
    size_t line;   /* from 1 */
    size_t column; /* from 1, in characters */
} pg_place;

typedef struct pg_script {
    str text;
    size_t at; /* byte */
    pg_place place;
} pg_script;

/* Without the semicolon, and without blanks and comments before it. */
typedef struct pg_statement {
    str text;
    pg_place place; /* of its first character */
} pg_statement;

pg_script pg_script_of(str text);

/* False at the end. What is not closed (a string, a comment) reaches to the
 * end of the script: the server will say so. */
bool pg_script_next(pg_script *s, pg_statement *out);

/* Where the n-th character (from 1), as the server counts, stands. */
pg_place pg_script_place(str text, size_t character);

#endif
