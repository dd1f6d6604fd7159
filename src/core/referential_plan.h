/*
 * referential_plan.h: what becomes of children, where the database holds no
 * foreign keys (relationMode = "prisma").
 *
 *     DELETE user 5
 *       -> DELETE comment WHERE its post's author is user 5    onDelete: Cascade
 *          DELETE post WHERE its author is user 5              onDelete: Cascade
 *          UPDATE file SET ownerId = null WHERE it is user 5   onDelete: SetNull
 *          DELETE user 5
 *
 * What onDelete and onUpdate say is done by mutations in front of the one that
 * was wanted, in its transaction, children before their parents, as long as
 * these can be found. Restrict and NoAction are looks that fail, with the words
 * of a foreign key; the children that go themselves have gone by then.
 *
 * No policy and no rule of the schema is asked about them, as with foreign keys;
 * what changes is recorded. That a child points to a parent which is there is
 * not looked at: that is what the mode means.
 */
#ifndef CORE_REFERENTIAL_PLAN_H
#define CORE_REFERENTIAL_PLAN_H

#include "base/attr.h"
#include "core/caller.h"
#include "core/default_maker.h"
#include "database/mutation.h"

typedef struct referential_plan {
    const caller *caller;
    const mutation *of; /* as the database gets it */
    default_maker defaults;
    const mutation **items; /* in the order in which they are to run */
    size_t count;
    /* They change what the mutation finds its rows by: it has to find them
     * before, and name them. */
    bool must_pin;
} referential_plan;

/* May it have to do with others? */
static inline bool referential_plan_is_for(const caller *c, const mutation *m) {
    return UNLIKELY(c->app->schema->datasource.has_no_foreign_keys) &&
           !m->model->is_system && m->kind != MUTATION_CALL &&
           (m->kind != MUTATION_INSERT || m->on_conflict == CONFLICT_MERGE);
}

/* ERR_TOO_COMPLEX for keys that refer to keys too often; ERR_TOO_LARGE. Where
 * models lead to each other in a circle rows are read (referential_closure.h),
 * and an item fails with ERR_CONFLICT when others have come meanwhile.
 * Suspends. */
fallible referential_plan_make(const caller *c, const mutation *m,
                               referential_plan *out);

/* ---- For the parts of a plan -------------------------------------------- */

/* By which rows of any model, and of the tables between two lists, refer to
 * those of this one. */
const relation *const *referential_plan_relations(const referential_plan *p,
                                                  const model *parent,
                                                  size_t *count);

mutation *referential_plan_add(referential_plan *p, mutation_kind kind,
                               const model *m, const filter *where);

/* Children of the parents that pass where must not be there, but for those that
 * pass except (or NULL). */
void referential_plan_forbid(referential_plan *p, const relation *r,
                             const filter *where, const filter *except);

/* The keys of the children of such parents become null. */
fallible referential_plan_set_null(referential_plan *p, const relation *r,
                                   const filter *where);

#endif
