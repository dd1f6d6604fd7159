/*
 * parser_field.h: the lines of a model and of an enum, and the doc comments
 * that belong to them.
 */
#ifndef SCHEMA_PARSER_FIELD_H
#define SCHEMA_PARSER_FIELD_H

#include "schema/cursor.h"

/* The next token is the name. What is read is in *f, is_damaged says whether
 * a mistake was reported. */
void parser_field(cursor *c, syntax_field *f);
void parser_enum_value(cursor *c, syntax_field *f);

/* The text of the doc comments between the last token and the next one, but
 * for one that trails the last token's line. */
str parser_doc_before(const cursor *c);

#endif
