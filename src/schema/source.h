/*
 * source.h: schema files and places in them.
 *
 * A span is what a diagnostic points at and what an editor underlines. Bytes
 * are counted from 0; lines and columns, for people, from 1, a column being a
 * Unicode code point.
 */
#ifndef SCHEMA_SOURCE_H
#define SCHEMA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct source {
    str path; /* as the user wrote it */
    str text;
} source;

typedef struct source_span {
    const source *source; /* NULL: nowhere in particular */
    uint32_t from;
    uint32_t to; /* behind the last byte */
} source_span;

typedef struct source_position {
    uint32_t line;
    uint32_t column;
} source_position;

source_position source_locate(const source *s, uint32_t at);

/* The same for who asks for many places in order: goes on from `known`, which
 * is at `position`. */
source_position source_locate_from(const source *s, uint32_t known,
                                   source_position position, uint32_t at);

/* Is the byte the last of a line end? CR LF is one, and ends at the LF. */
bool source_ends_line(str text, size_t at);

/* Is there an empty line between two bytes with only blanks in between? */
bool source_has_blank_line(const source *s, uint32_t from, uint32_t to);

/* The line that contains the byte, without its line end. */
str source_line(const source *s, uint32_t at);

#endif
