/*
 * mutation_draft.h: a mutation on its way from what was wanted to what the
 * database gets: steps 1 to 3 of mutation_engine.h.
 *
 *     mutation_draft d = mutation_draft_of(c, wanted);
 *     TRY(mutation_draft_check(&d));
 *     TRY(mutation_draft_prepare(&d, &is_idle));
 *
 * What is wanted stays as it is; the draft's mutation borrows from it.
 */
#ifndef CORE_MUTATION_DRAFT_H
#define CORE_MUTATION_DRAFT_H

#include "core/caller.h"
#include "core/default_maker.h"
#include "database/mutation.h"

typedef struct mutation_draft {
    arena *a;
    mutation mutation;
    default_maker defaults;
} mutation_draft;

mutation_draft mutation_draft_of(const caller *c, const mutation *wanted);

/* May the caller, and does it make sense? ERR_DENIED, ERR_NO_CONFLICT_KEY. */
fallible mutation_draft_check(mutation_draft *d);

/* Completes and validates it. *is_idle: the database has nothing to do, since
 * the mutation has no rows or reaches none. ERR_NOT_NULL_VIOLATION,
 * ERR_CHECK_VIOLATION, ERR_NOT_SINGULAR. Suspends when a rule takes long. */
fallible mutation_draft_prepare(mutation_draft *d, bool *is_idle);

/* The two by themselves, for what comes between them (hooked_mutation.h): its
 * values and the rows that it reaches; and, unless it is idle, the rules. */
fallible mutation_draft_complete(mutation_draft *d, bool *is_idle);
fallible mutation_draft_validate(mutation_draft *d);

#endif
