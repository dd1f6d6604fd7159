/*
 * mutation_engine.h: every write goes through here, whoever asks.
 *
 * A door hands in the mutation as the client meant it; the engine decides
 * whether the caller may, fills in what the client left out, and runs it:
 *
 *   1. rights: create, update or delete on the model; a merge needs create,
 *      update and read; rows are only handed back to who may read them
 *   2. values: a cell that is VALUE_DEFAULT, and a column that is not
 *      mentioned, get the column's default; @updatedAt is set
 *   3. validation: a required column without a value is refused here, with the
 *      words of PostgreSQL, before a writer is kept busy; then the rules of the
 *      schema (validator.h)
 *   4. the database, in one transaction, with what must be looked at before
 *      (soft_delete_tie.h) and what goes along (soft_delete.h,
 *      referential_plan.h)
 *
 * UPDATE and DELETE reach only rows that the caller may read.
 */
#ifndef CORE_MUTATION_ENGINE_H
#define CORE_MUTATION_ENGINE_H

#include "core/caller.h"
#include "database/mutation.h"
#include "database/receipt.h"

/* The result lives in the caller's arena. ERR_DENIED, ERR_NOT_NULL_VIOLATION,
 * ERR_CHECK_VIOLATION, ERR_NO_CONFLICT_KEY, ERR_NOT_SINGULAR or what the database says. Suspends. */
fallible mutation_engine_run(const caller *c, const mutation *wanted,
                             mutation_result *out);

/* The same for several, none of them a call, in one transaction: each is
 * checked before any is run, and sees what those before it wrote. An UPDATE
 * without fields and with a judge, or an aim, looks at rows that the caller may
 * read, or also update.
 * *failed_at is the index of the one that failed, or count. Suspends. */
fallible mutation_engine_run_all(const caller *c, const mutation *const *wanted,
                                 size_t count, mutation_result *results,
                                 size_t *failed_at);

/* The same, once for the receipt's key; one may also be a call by itself. What
 * the database has nothing to do for counts as done. The seal is asked about
 * results that are pairwise with wanted. Suspends. */
fallible mutation_engine_run_once(const caller *c,
                                  const mutation *const *wanted, size_t count,
                                  receipt *once, mutation_result *results,
                                  size_t *failed_at);

#endif
