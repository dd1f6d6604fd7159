/*
 * parser_block.h: "model Post with Base { ... }" and its kin.
 */
#ifndef SCHEMA_PARSER_BLOCK_H
#define SCHEMA_PARSER_BLOCK_H

#include "schema/cursor.h"

/* What block a word begins. False when it begins none. */
bool parser_block_kind(str keyword, block_kind *kind);

/* Helps who misspelt such a word. */
void parser_block_suggest(arena *a, diag *d, str misspelt);

/* Reads a block of b->kind, the rest of which is zero. The next token is the
 * keyword, or "abstract" before it. False when it has no name, which is
 * reported. */
bool parser_block(cursor *c, syntax_block *b);

#endif
