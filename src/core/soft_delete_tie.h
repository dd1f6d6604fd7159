/*
 * soft_delete_tie.h: no living row is tied to a deleted one that would have
 * taken it along.
 *
 * A foreign key asks whether there is a row, not whether it lives. So who writes
 * a key with onDelete: Cascade between two models with @@softDelete looks at the
 * rows that it points to first, in the same transaction, and locks their keys;
 * and a deletion locks its rows before it looks for those that are tied to them.
 * Whoever comes second sees what the first one did.
 */
#ifndef CORE_SOFT_DELETE_TIE_H
#define CORE_SOFT_DELETE_TIE_H

#include "base/attr.h"
#include "core/caller.h"
#include "database/mutation.h"

/* The looks that must stand before m, which is as the database gets it: at the
 * rows that its keys point to, or at those that it deletes. They fail with
 * ERR_FOREIGN_KEY_VIOLATION. */
const mutation *const *soft_delete_tie_looks(const caller *c, const mutation *m,
                                             size_t *count);

/* May it need some? */
bool soft_delete_tie_find(const mutation *m);
static inline bool soft_delete_tie_is(const mutation *m) {
    return UNLIKELY(m->model->soft_delete != NULL) && soft_delete_tie_find(m);
}

#endif
