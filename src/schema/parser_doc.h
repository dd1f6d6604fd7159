/*
 * parser_doc.h: which doc comments belong to what.
 *
 *     /// these lines
 *     /// together
 *     name String /// and this one
 *
 * To a member or block belong the doc comments above it up to an empty
 * line, those between its tokens, and the one behind it on its last line. They
 * are joined by line ends; slashes and the blank behind them are left out.
 */
#ifndef SCHEMA_PARSER_DOC_H
#define SCHEMA_PARSER_DOC_H

#include "schema/cursor.h"

/* The element has been read from the token `first` up to the cursor. */
str parser_doc(const cursor *c, const token *first);

#endif
