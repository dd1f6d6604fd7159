/*
 * policy.h: who may do what to a model.
 *
 * An operation is allowed when some @@allow with a true condition names it and
 * no @@deny does. A model without rules is closed. --dev-open asks nobody.
 * That is the application's; who is no caller of its own (principal_kind) the
 * rules of its models are not about.
 *
 * Conditions that are not the word true or false are not evaluated here yet:
 * they allow nothing, and in an @@deny they deny everything.
 *
 * Closed means: a read finds no rows and says nothing else, so that what is
 * there cannot be told from what is not; a write is refused.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/caller.h"
#include "database/query.h"
#include "schema/schema.h"

bool policy_allows(const caller *c, const model *m, operation op);

/* The rows of a model that a caller may do something with. */
typedef struct policy_reach {
    bool is_empty;       /* none */
    const filter *where; /* of the others, those that pass; NULL: all */
} policy_reach;

/* Asked once for each place where rows of a model come into a query or a
 * mutation, be it only to be counted or gone through; and about what becomes of
 * rows (policy_judge.h). The filter is the caller's, not the client's: it may
 * name any column. Of arguments of a function, with OPERATION_CALL, it has none.
 */
struct policy_source {
    policy_reach (*reach)(const policy_source *self, const caller *c,
                          const model *m, operation op);
};

/* Without the rows that @@softDelete left. */
policy_reach policy_reach_of(const caller *c, const model *m, operation op);

/* With them: for soft_delete.h. */
policy_reach policy_reach_with_deleted(const caller *c, const model *m,
                                       operation op);

/* The rows that pass both, where either may be NULL: all. */
const filter *policy_narrow(arena *a, const filter *where, const filter *reach);

/* What no row passes. */
extern const filter POLICY_NO_ROW;

/* ERR_DENIED, with how to open it as the hint. */
fallible policy_require(const caller *c, const model *m, operation op);

/* May the column be in an answer, a filter or an order? Never a password, nor
 * what is for the database alone. */
bool policy_shows(const caller *c, const field *f);

/* May an update set the column? */
bool policy_sets(const caller *c, const field *f);

/* ERR_DENIED for the first column that policy_shows says no to. */
fallible policy_require_shown(const caller *c, const query_column *columns,
                              size_t count);
fallible policy_refuse_column(arena *a, const field *f);

#endif
