/*
 * parser.h: a schema file as a tree.
 *
 * More liberal than Prisma's parser about layout: blocks may stand on one line,
 * arguments on several, strings in single quotes. What it cannot read it
 * reports and never drops in silence: each line, or each attribute, is judged
 * by itself, so one run reports all mistakes of a file.
 */
#ifndef SCHEMA_PARSER_H
#define SCHEMA_PARSER_H

#include "schema/diag.h"
#include "schema/syntax.h"

/* Schema files larger than this are refused. */
enum { PARSER_MAX_BYTES = 16 * 1024 * 1024 };

/* The tree borrows from s. There is always one, if one without tokens for what
 * is no text or too large; what is wrong is in diags. */
const syntax_file *parser_run(arena *a, const source *s, diag_list *diags);

#endif
