/*
 * format_body.h: what stands between the braces of a block: one member on each
 * line, in columns from one empty line to the next.
 */
#ifndef SCHEMA_FORMAT_BODY_H
#define SCHEMA_FORMAT_BODY_H

#include "schema/format_writer.h"

/* Each line begins with its line end. open is the token of the brace. */
void format_body(format_writer *w, const syntax_block *block, size_t open);

#endif
