/*
 * relative_merge.h: relative operators on their way to the database.
 *
 * A row that is there is changed by the database. A merge may find none, and
 * then the row is new: it begins with the column's default, which the operator
 * changes like the value of a row that is there.
 *
 *     n Int @default(0),  {"id": 1, "n": {"increment": 2}}  ->  1, 2 or n + 2
 */
#ifndef CORE_RELATIVE_MERGE_H
#define CORE_RELATIVE_MERGE_H

#include "core/caller.h"
#include "core/default_maker.h"
#include "database/mutation.h"

/* Of a mutation with operators. Whoever changes a column by what is in it
 * learns of that, if only from what overflows: ERR_DENIED unless the caller may
 * see it. ERR_VALUE_TYPE where there is no value to change: in a row that can
 * only be new, and of columns by which rows are found. */
fallible relative_merge_check(const caller *c, const mutation *m);

/* Sets what new rows of such a merge get, and the operands. Its values are
 * complete, but those with an operator are operands. */
fallible relative_merge_begin(default_maker *d, mutation *m);

#endif
