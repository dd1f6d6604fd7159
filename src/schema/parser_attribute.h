/*
 * parser_attribute.h: attributes, their arguments and expressions.
 *
 *     @@index(fields: [a, b], map: "by_a_and_b")
 *
 * Arguments may stand on several lines. Nesting is bounded.
 */
#ifndef SCHEMA_PARSER_ATTRIBUTE_H
#define SCHEMA_PARSER_ATTRIBUTE_H

#include "schema/cursor.h"

/* How deep lists and calls may nest; the language itself needs three. */
enum { EXPRESSION_MAX_DEPTH = 32 };

/* Reads an attribute, the next token being '@' or '@@'. False when a mistake
 * was reported; reading goes on behind the attribute then. */
bool parser_attribute(cursor *c, syntax_attribute *out);

/* Reads an expression outside of arguments: the value of a property. */
bool parser_expression(cursor *c, const expression **out);

/* Reads "(" arguments ")". */
bool parser_arguments(cursor *c, const syntax_argument **out, size_t *count);

#endif
