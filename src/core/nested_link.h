/*
 * nested_link.h: the relations whose foreign key is in other rows, or in a
 * table between: what is nested there comes behind the row itself.
 */
#ifndef CORE_NESTED_LINK_H
#define CORE_NESTED_LINK_H

#include "core/nested_row.h"

/* All of a row's. is_new: it has just been inserted, so that nothing can belong
 * to it yet. */
fallible nested_link_add(nested_plan *p, const nested_row *row,
                         nested_ref parent, nested_scope s, bool is_new);

#endif
