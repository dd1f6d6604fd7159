/*
 * parser_field.h: the lines of a model and of an enum.
 */
#ifndef SCHEMA_PARSER_FIELD_H
#define SCHEMA_PARSER_FIELD_H

#include "schema/cursor.h"

/* "Task[]": the next token is the type's name. */
void parser_type(cursor *c, syntax_field *f);

/* The next token is the name. What is read is in *f, is_damaged says whether
 * a mistake was reported. */
void parser_field(cursor *c, syntax_field *f);
void parser_enum_value(cursor *c, syntax_field *f);

#endif
