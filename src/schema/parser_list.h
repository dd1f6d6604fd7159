/*
 * parser_list.h: what stands between brackets, with commas in between.
 *
 *     (fields: [a, b], map: "by_a_and_b")
 */
#ifndef SCHEMA_PARSER_LIST_H
#define SCHEMA_PARSER_LIST_H

#include "schema/parser_expression.h"

/* Reads from the opening bracket to its partner; between parentheses,
 * arguments may have names. False when a mistake was reported. */
bool parser_list(expression_reader *r, const syntax_argument **out,
                 size_t *count);

/* The arguments of an attribute. After a mistake reading goes on behind them.
 */
bool parser_arguments(cursor *c, const syntax_argument **out, size_t *count);

#endif
