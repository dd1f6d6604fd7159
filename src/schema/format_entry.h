/*
 * format_entry.h: the lines of a block, in the order in which they are written.
 *
 * A block's attributes move to its end, and with each the comments right above
 * it. What is left are fields, settings and comments as they came.
 */
#ifndef SCHEMA_FORMAT_ENTRY_H
#define SCHEMA_FORMAT_ENTRY_H

#include "schema/format_writer.h"

typedef enum format_entry_kind {
    FORMAT_COMMENT,
    FORMAT_FIELD,
    FORMAT_PROPERTY,
    FORMAT_ATTRIBUTE,
} format_entry_kind;

typedef struct format_entry {
    format_entry_kind kind;
    bool has_blank; /* an empty line above it */
    bool is_moved;  /* an attribute, or a comment that goes with one */
    size_t comment; /* its place in the list */
    token_range tokens;
    const syntax_field *field;
    const syntax_property *property;
    const syntax_attribute *attribute;
} format_entry;

typedef struct format_entries {
    format_entry *items; /* in the order of the source */
    size_t count;
} format_entries;

/* open is the token of the brace. */
format_entries format_entries_of(format_writer *w, const syntax_block *block,
                                 size_t open);

/* Prisma's order of the attributes of a field and of a block. Those it does not
 * have share the last rank and keep their order among themselves. */
enum { FORMAT_LAST_RANK = 7 };
size_t format_rank(const syntax_attribute *attribute);

#endif
