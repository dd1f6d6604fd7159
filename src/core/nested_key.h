/*
 * nested_key.h: the relations whose foreign key is in the row itself: what it
 * refers to has to be there before it.
 */
#ifndef CORE_NESTED_KEY_H
#define CORE_NESTED_KEY_H

#include "core/nested_row.h"

typedef struct nested_key_context {
    const nested_row *row;
    nested_scope scope;
    const nested_ref *old;   /* the row before it is updated; NULL: a new one */
    bool may_be_in_conflict; /* it may not be written in the end */
} nested_key_context;

/* Is something to be done with what the row refers to so far? */
bool nested_key_reads_old(const nested_row *row);

/* Adds what the foreign keys are to be to the row's cells. */
fallible nested_key_before(nested_plan *p, const nested_key_context *k,
                           nested_cells *cells);

/* Behind the update of the row, which is `now`: what is done to that which it
 * refers to, or did so. */
fallible nested_key_behind(nested_plan *p, const nested_key_context *k,
                           const model *m, nested_ref now);

err *nested_key_refuse_twice(arena *a, const nested_place *place,
                             const field *f);

#endif
