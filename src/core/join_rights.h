/*
 * join_rights.h: who may write the rows of the table between the two sides of
 * an implicit many-to-many relation.
 *
 * That table has no rules of its own. To tie two rows together, or to untie
 * them, is to change both: the caller must be able to update either.
 */
#ifndef CORE_JOIN_RIGHTS_H
#define CORE_JOIN_RIGHTS_H

#include "core/caller.h"
#include "database/mutation.h"

/* ERR_DENIED. */
fallible join_rights_require(const caller *c, const model *join);

/* Leaves to a mutation the rows whose ends the caller may update. False: there
 * are none. Who makes new ones has to look at the ends first. */
bool join_rights_narrow(const caller *c, mutation *m);

#endif
