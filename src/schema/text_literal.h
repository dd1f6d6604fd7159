/*
 * text_literal.h: what a string in a schema file means.
 *
 * Escapes are JSON's (RFC 8259, section 7), and ZenStack's \' and \v, in
 * strings of either quote. Between """ and """ nothing is an escape, and lines
 * may end.
 * The text that results is valid UTF-8 without NUL, which no database keeps.
 */
#ifndef SCHEMA_TEXT_LITERAL_H
#define SCHEMA_TEXT_LITERAL_H

#include "schema/diag.h"

/* span covers the literal with its quotes. Mistakes are reported on the span
 * of the escape and leave it out of the text. Borrows from the source when
 * there is nothing to decode. */
str text_literal_decode(arena *a, source_span span, diag_list *diags);

/* Is it one of three quotes? Then the text begins behind them. */
bool text_literal_has_lines(source_span span);

#endif
