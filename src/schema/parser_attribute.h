/*
 * parser_attribute.h: attributes.
 *
 *     @@index(fields: [a, b], map: "by_a_and_b")
 */
#ifndef SCHEMA_PARSER_ATTRIBUTE_H
#define SCHEMA_PARSER_ATTRIBUTE_H

#include "schema/cursor.h"

/* Reads an attribute, the next token being '@' or '@@'. False when a mistake
 * was reported; reading goes on behind the attribute then. */
bool parser_attribute(cursor *c, syntax_attribute *out);

#endif
