/*
 * parser_mix.h: '&&' and '||' side by side, which readers take differently.
 *
 *     pub || auth() != null && isAdmin
 *
 * JavaScript reads "pub || (...)", ZenStack "(...) && isAdmin". Here it is an
 * error whose help shows both with their parentheses.
 */
#ifndef SCHEMA_PARSER_MIX_H
#define SCHEMA_PARSER_MIX_H

#include "schema/cursor.h"

/* e is one level of '&&' and '||', read from left to right. */
void parser_mix_check(cursor *c, const expression *e);

#endif
