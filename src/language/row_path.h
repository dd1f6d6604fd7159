/*
 * row_path.h: what a path that is being written leads to.
 *
 *     @@allow('read', auth().team.|         the block of team's type
 *
 * The text around the cursor is rarely in order, so this reads tokens and not
 * the tree.
 */
#ifndef LANGUAGE_ROW_PATH_H
#define LANGUAGE_ROW_PATH_H

#include "language/analysis.h"

const syntax_block *row_path_find_block(const analysis *a, str name);

/* The model or enum that the path which ends with the token is a value of; in
 * is the block around it. NULL when nobody knows. */
const syntax_block *row_path_end(const analysis *a, str in, const token *last);

#endif
