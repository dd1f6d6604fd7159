/*
 * text_position.h: places in a text as editors count them: line and character,
 * both from 0, a character being a UTF-16 unit unless editor and server agreed
 * on bytes (LSP 3.17, "Position").
 */
#ifndef LANGUAGE_TEXT_POSITION_H
#define LANGUAGE_TEXT_POSITION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef enum text_encoding {
    TEXT_UTF16,
    TEXT_UTF8,
} text_encoding;

typedef struct text_position {
    uint32_t line;
    uint32_t character;
} text_position;

/* Where the lines of a text begin, so that finding a place does not read all of
 * what is before it; and the place that was asked for last, for texts whose
 * line is one of a million bytes. */
typedef struct text_lines {
    str text; /* valid UTF-8 */
    const uint32_t *starts;
    size_t count; /* at least 1 */
    uint32_t known_at;
    text_position known;
} text_lines;

text_lines text_lines_find(arena *a, str text);

/* at is in the text or at its end. The encoding is always the same. */
text_position text_position_of(text_lines *lines, uint32_t at,
                               text_encoding encoding);

/* The byte. Past the end of a line it is the line's end, past the last line
 * the end of the text. */
uint32_t text_position_find(const text_lines *lines, text_position p,
                            text_encoding encoding);

#endif
