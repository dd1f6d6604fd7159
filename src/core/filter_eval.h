/*
 * filter_eval.h: does a row in memory pass a filter?
 *
 * For rows that the database is not asked about again: as they were just
 * written, or as an event has them. Only what a row says by itself can be
 * judged like that, and only where both engines agree on it without a collation:
 * equality, null, order of numbers and times. Whoever decides by it asks first
 * and takes no for no.
 */
#ifndef CORE_FILTER_EVAL_H
#define CORE_FILTER_EVAL_H

#include "core/condition_eval.h"
#include "database/query.h"

/* Can the filter, or NULL, be judged? */
bool filter_eval_can(const filter *f);

/* Of one that can. TRUTH_UNKNOWN as in SQL: no, and not the opposite either.
 * now of the row is not needed; a is for scratch. */
truth filter_eval(arena *a, const filter *f, const condition_row *row);

/* The columns that it reads are flagged, by column_index. */
void filter_eval_mark(const filter *f, bool *columns);

#endif
