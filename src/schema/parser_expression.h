/*
 * parser_expression.h: what stands in arguments and behind '='.
 *
 *     auth() != null && (space.members?[m, m.user == auth()] || !isPrivate)
 *
 * From tight to loose: members, predicates, '!', in, < <= > >=, == !=, and then
 * '&&' and '||' on one level, left to right, as ZenStack has it. Who writes
 * those two side by side means what other languages mean, or what ZenStack
 * means, so a mix without parentheses is an error that shows both readings.
 *
 * Looser than all of these are the '|' and '->' of @@states, which the resolver
 * lets stand nowhere else.
 *
 * Inside brackets a line end is a blank.
 */
#ifndef SCHEMA_PARSER_EXPRESSION_H
#define SCHEMA_PARSER_EXPRESSION_H

#include "schema/cursor.h"

/* How deep brackets may nest, and '!' may be repeated. A tree is at most so
 * high as the two together, so it can be walked by recursion. */
enum { EXPRESSION_MAX_DEPTH = 32, EXPRESSION_MAX_OPERATORS = 500 };

/* One argument being read. */
typedef struct expression_reader {
    cursor *cursor;
    int depth;     /* brackets and '!' around */
    int operators; /* so far */
    bool is_free;  /* inside brackets */
} expression_reader;

/* All of these: false when a mistake was reported. */
bool parser_expression(expression_reader *r, const expression **out);

/* Without operators: the value of a property, which ends with its line. */
bool parser_value(cursor *c, const expression **out);

/* a.b.c: parts and, joined, the whole. The next token is a name. */
typedef struct parser_path {
    syntax_name whole;
    syntax_name *names;
    size_t count;
} parser_path;
bool parser_path_read(cursor *c, bool is_free, parser_path *out);

#endif
