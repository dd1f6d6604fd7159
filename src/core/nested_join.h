/*
 * nested_join.h: the relations of several rows to several, whose ties are rows
 * of a table between (schema/join_table.h).
 */
#ifndef CORE_NESTED_JOIN_H
#define CORE_NESTED_JOIN_H

#include "core/nested_row.h"

/* Of the row that is `parent`. */
fallible nested_join_add(nested_plan *p, const nested_relation *r,
                         nested_ref parent, nested_scope s);

#endif
