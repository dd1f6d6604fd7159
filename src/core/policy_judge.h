/*
 * policy_judge.h: may a row be as it was just written?
 *
 * Which rows a caller may change and remove is part of the statement's filter.
 * What becomes of a row is only known when it is written: of defaults, relative
 * operators and merges not before. So each row is judged in the transaction, as
 * it became:
 *
 *   created             by the reach of create
 *   updated             by the reach of post-update
 *   merged              by both, since nobody says which of them it was
 *   and handed back     by the reach of read, too
 *
 * A row that does not pass undoes the mutation. A reach that cannot be judged
 * from the row alone (filter_eval.h) lets nobody write.
 *
 * A merge changes rows that no filter of ours has found. Who may not change and
 * read all rows of a model may not merge into it.
 */
#ifndef CORE_POLICY_JUDGE_H
#define CORE_POLICY_JUDGE_H

#include "core/caller.h"
#include "database/mutation.h"

/* Of a merge, before anything is read for it. ERR_DENIED. */
fallible policy_judge_check_merge(const caller *c, const mutation *m);

/* Of an INSERT or UPDATE that is complete. Asks whoever was to judge as well, so
 * call it last. Nothing to do where the schema's rules decide, which do not look
 * at rows. ERR_DENIED, also from the judge. */
fallible policy_judge_set(const caller *c, mutation *m);

#endif
