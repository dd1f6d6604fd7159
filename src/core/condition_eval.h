/*
 * condition_eval.h: a condition's truth for one row in memory.
 *
 * The slow interpreter: it walks the tree, and is simple enough to be taken as
 * what a condition means. @@validate runs on it.
 *
 * What the environment does not have (other rows, who asks, the row before) is
 * unknown, and what is unknown allows nothing.
 */
#ifndef CORE_CONDITION_EVAL_H
#define CORE_CONDITION_EVAL_H

#include "base/arena.h"
#include "database/value.h"
#include "schema/condition.h"
#include "schema/schema.h"

typedef enum truth {
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_UNKNOWN,
    TRUTH_TOO_COSTLY, /* of the whole condition: a text was not matched to the
                         end, so not even a ! around regex() may hold */
} truth;

enum { CONDITION_NO_CELL = -1 };

typedef struct condition_row {
    const value *cells;
    /* By column_index: where the column's cell is, or CONDITION_NO_CELL for
     * one that is null. A list's value is text: a JSON array. */
    const int32_t *cell_of;
    value now; /* a DateTime */
} condition_row;

/* a is for scratch and left as it was. */
truth condition_eval(arena *a, const condition *c, const condition_row *row);

/* A value as a canonical decimal. What is not a number is ASSERTed away. */
str condition_eval_decimal(arena *a, const field *f, const value *v);

#endif
