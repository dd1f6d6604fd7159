/*
 * soft_delete.h: models with @@softDelete.
 *
 * A row that is deleted stays, with the time. From then on it is nobody's: no
 * read, no hop of a query, no update and no other delete reaches it, unless the
 * caller asks for deleted rows (caller.deleted) and an @@allow('deleted') lets
 * him. Then they are rows of the one table that is asked for; what they lead to
 * is as always. To restore a row is to update its time to null.
 *
 *     DELETE task 5 at T
 *       -> UPDATE task    SET deletedAt = T WHERE id = 5 and it is not deleted
 *          UPDATE comment SET deletedAt = T WHERE it is not deleted
 *                         and its task was deleted at T
 *
 * Rows that a foreign key with onDelete: Cascade ties to it go with it, if their
 * model has @@softDelete: by updates of their own behind the first, in its
 * transaction and with its time, which tells later what went together. Other
 * rows stay as they are, whatever their onDelete says: the row is still there.
 */
#ifndef CORE_SOFT_DELETE_H
#define CORE_SOFT_DELETE_H

#include "core/caller.h"
#include "core/default_maker.h"
#include "core/policy.h"
#include "database/mutation.h"

/* The rows of the model that are not deleted, of those. */
policy_reach soft_delete_live(const caller *c, const model *m,
                              policy_reach reach);

/* policy_reach_of for the rows that the caller itself asks for. */
policy_reach soft_delete_reach_asked(const caller *c, const model *m,
                                     operation op);
static inline policy_reach soft_delete_reach(const caller *c, const model *m,
                                             operation op) {
    return LIKELY(c->deleted == DELETED_LEFT_OUT)
               ? policy_reach_of(c, m, op)
               : soft_delete_reach_asked(c, m, op);
}

/* May the caller ask as it does? ERR_DENIED. */
fallible soft_delete_require_asked(const caller *c, const model *m);
static inline MUST_USE err *soft_delete_require(const caller *c,
                                                const model *m) {
    return LIKELY(c->deleted == DELETED_LEFT_OUT)
               ? NULL
               : soft_delete_require_asked(c, m);
}

/* The time is nobody's to set but to null. ERR_DENIED. */
fallible soft_delete_check_values(const caller *c, const mutation *m);

/* A DELETE of rows that are to stay becomes an UPDATE, in place. */
void soft_delete_turn(const caller *c, default_maker *defaults, mutation *m);

/* What goes with the rows of such an UPDATE: *count mutations, in the order in
 * which they are to run. Where models refer to each other in a circle the last
 * of them fail with ERR_TOO_COMPLEX if rows are left that would have to go. */
const mutation *const *soft_delete_cascade(const caller *c, const mutation *m,
                                           size_t *count);

/* A merge that finds a deleted row by a key which those have, too, fails. Call
 * it last: it asks whoever was to judge before. */
void soft_delete_guard_merge(const caller *c, mutation *m);

#endif
