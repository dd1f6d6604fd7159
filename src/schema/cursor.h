/*
 * cursor.h: where the parser is in the tokens, and how it gets going again
 * after a mistake.
 *
 * An error is reported once: who reports skips to a place where reading makes
 * sense again (the next line, the closing parenthesis) and marks what it was
 * building as damaged, so that later stages do not complain about what is
 * missing from it.
 */
#ifndef SCHEMA_CURSOR_H
#define SCHEMA_CURSOR_H

#include "base/pile.h"
#include "schema/diag.h"
#include "schema/syntax.h"

typedef struct cursor {
    arena *arena;
    const source *source;
    token_list tokens;
    const uint32_t *closes; /* for an opening bracket, the token that closes
                               it; 0 when none does */
    size_t at;
    pile nested; /* lists that are being read: members, arguments, names */
    pile blocks; /* blocks, and on top the attributes of the last one */
    diag_list *diags;
    /* What cursor_check_closed found last: from end_from on, the first token
     * that no argument can hold is end. */
    size_t end_from;
    size_t end;
} cursor;

cursor cursor_new(arena *a, const source *s, token_list tokens,
                  diag_list *diags);

/* Never past TOKEN_END. */
static inline const token *cursor_peek(const cursor *c) {
    return &c->tokens.tokens[c->at];
}

/* The token n behind the next one, or TOKEN_END. */
const token *cursor_look(const cursor *c, size_t n);

/* The one read last; the first token when none was. */
const token *cursor_last(const cursor *c);

const token *cursor_take(cursor *c);

/* Takes the next token if it is of that kind. */
bool cursor_accept(cursor *c, token_kind kind);

/* Is the next token of that kind and on the line of the last one? */
bool cursor_is_beside(const cursor *c, token_kind kind);

str cursor_text(const cursor *c, const token *t);
source_span cursor_span(const cursor *c, const token *t);
source_span cursor_span_from(const cursor *c, const token *first);
syntax_name cursor_take_name(cursor *c);

/* Reports that the next token is not what had to come ("expected X, found Y"),
 * or, when it is no token at all, what is wrong with it. */
diag *cursor_report_unexpected(cursor *c, const char *expected);

/* The same for what has to come on this line: when the line ends, that is
 * where it is missing. */
diag *cursor_report_missing(cursor *c, const char *expected);

/* Goes to the next line, or to a '}' before it. What stands between brackets
 * that are opened on the way is passed over as a whole. */
void cursor_skip_line(cursor *c);

/* The same outside of blocks, where a '}' closes nothing. */
void cursor_skip_statement(cursor *c);

/* Reports the bracket that comes next if nothing closes it before something
 * that no argument can hold: what is behind it is not its content then, but
 * the lines that follow. */
bool cursor_check_closed(cursor *c);

#endif
