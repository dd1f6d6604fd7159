/*
 * format_writer.h: how the formatter writes tokens and the comments between
 * them.
 *
 * Tokens are named by their place in the file's list. What is written is the
 * text of the source; only what stands between tokens is ours: nothing, a
 * space, or, where the layout says so or a comment makes it necessary, a new
 * line.
 */
#ifndef SCHEMA_FORMAT_WRITER_H
#define SCHEMA_FORMAT_WRITER_H

#include "base/buf.h"
#include "schema/syntax.h"

/* Columns of a block's members, and of the arguments of a broken line. */
enum { FORMAT_INDENT = 2 };

typedef struct format_writer {
    arena *arena;
    const syntax_file *file;
    buf out;
    /* For a token that begins a line inside of a member, its column; else 0. */
    uint8_t *columns;
} format_writer;

/* A run of tokens; both ends belong to it. */
typedef struct token_range {
    size_t first;
    size_t last;
} token_range;

token_range format_tokens_of(const format_writer *w, source_span span);
str format_token_text(const format_writer *w, size_t at);

/* Does a space belong between the token and the one before it? */
bool format_has_space(const format_writer *w, size_t at);

/* On one line, in code points. */
size_t format_width(const format_writer *w, token_range range);

/* Is there a comment between two of its tokens? */
bool format_has_comments(const format_writer *w, token_range range);

/* Where the next byte goes. */
size_t format_column(const format_writer *w);

void format_write(format_writer *w, str text);
void format_write_spaces(format_writer *w, size_t count);
void format_write_line(format_writer *w, size_t column);

/* Also the comments between the tokens. A comment that forces a new line where
 * there is none by layout continues in `column`. */
void format_write_tokens(format_writer *w, token_range range, size_t column);

/* at: its place in the list of comments. */
void format_write_comment(format_writer *w, size_t at);

/* The comments behind the token on its line. */
void format_write_trailing(format_writer *w, size_t at);

#endif
