/* referential_filter.h: conditions of referential_plan.h. */
#ifndef CORE_REFERENTIAL_FILTER_H
#define CORE_REFERENTIAL_FILTER_H

#include "base/arena.h"
#include "database/query.h"

/* Of children: one of the parents that pass where (NULL: all) is theirs. */
const filter *referential_filter_of_children(arena *a, const relation *r,
                                             const filter *where);

/* Of parents: one of the children that pass where is theirs. */
const filter *referential_filter_of_parents(arena *a, const relation *r,
                                            const filter *where);

const filter *referential_filter_not_equal(arena *a, const field *f, value v);

/* Is it true or false of each row, and never unknown? */
bool referential_filter_is_sure(const filter *f);

/* Does it look at other rows than the one? */
bool referential_filter_leads_elsewhere(const filter *f);

/* Are its parts too far inside of each other to be put into others still? SQLite
 * refuses what is nested too much. */
bool referential_filter_is_deep(const filter *f);

/* Does it go by the key alone? */
bool referential_filter_is_by_key(const filter *f, const key *k);

#endif
