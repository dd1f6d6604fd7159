/*
 * referential_closure.h: rows that go, with those that go along, read before
 * the transaction.
 *
 * Where models lead to each other in a circle, or over many others, no statement
 * of a reasonable size finds all of them. So each row is read once, from the
 * wanted ones on, however far; the transaction looks whether others have come,
 * and then names them.
 */
#ifndef CORE_REFERENTIAL_CLOSURE_H
#define CORE_REFERENTIAL_CLOSURE_H

#include "base/map.h"
#include "core/caller.h"
#include "database/query.h"

typedef struct closure_rows {
    const model *model;
    value *ids; /* the values of the identity, row after row */
    size_t count;
    size_t room;
    size_t followed; /* rows whose children are known */
    map *known;
} closure_rows;

typedef struct referential_closure {
    const caller *caller;
    closure_rows *sets; /* one for each model */
    size_t set_count;
    size_t row_count;
} referential_closure;

/* The rows of models[0] that pass where, and what goes along over the ties.
 * ERR_TOO_LARGE if they are too many. Suspends. */
fallible referential_closure_read(referential_closure *c,
                                  const model *const *models,
                                  size_t model_count,
                                  const relation *const *ties, size_t tie_count,
                                  const filter *where);

/* These rows of a model; NULL: none. */
const filter *referential_closure_filter(const referential_closure *c,
                                         const model *m);

#endif
