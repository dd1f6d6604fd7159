/*
 * mutation_set.h: several mutations of one transaction, as they were wanted and
 * as the database gets them.
 *
 *     wanted     database
 *     0 insert   0 insert
 *     1 delete   1 update      with @@softDelete, which takes along
 *                2 update
 *     2 update                 of no row that the caller can reach: idle
 *     3 update   3 look        with hooks, for those rows
 *                4 update
 *                5 update
 *
 * So one that is wanted may be none, one or several for the database; what it
 * refers to, and whose turn its own depends on, is counted anew.
 */
#ifndef CORE_MUTATION_SET_H
#define CORE_MUTATION_SET_H

#include "core/caller.h"
#include "database/mutation.h"

typedef struct mutation_ready {
    const mutation *m;
    size_t place;   /* of what it was made of, in wanted */
    bool counts;    /* what it did is what was wanted, or a part of that */
    bool is_hooked; /* its rows are those that hooks saw */
    bool is_action; /* for children of what was wanted (referential_plan.h) */
} mutation_ready;

typedef struct mutation_set {
    const caller *caller;
    const mutation *const *wanted;
    size_t count;
    mutation_ready *ready;
    size_t ready_count;
    size_t *ready_of; /* of the wanted ones, the first that counts */
} mutation_set;

/* Checks, completes and validates all, in their order, and runs their hooks.
 * *failed_at is the index of the one that failed, or count. Once more begins
 * anew. Suspends. */
fallible mutation_set_prepare(mutation_set *s, size_t *failed_at);

/* From the results of what is ready to those of what was wanted. */
void mutation_set_spread(const mutation_set *s, arena *a,
                         const mutation_result *made, mutation_result *results);

#endif
