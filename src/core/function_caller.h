/*
 * function_caller.h: what happens to a call before the database sees it.
 *
 * The rules of the function say whether the caller may call it. Then arguments
 * that were left out (VALUE_DEFAULT) get their default, and all are validated,
 * as a row of a table is. The planner and the mutation engine do this for each
 * call that comes their way; a door only says which function and what it was
 * given. A foreign function is the database's to allow and to complete.
 */
#ifndef CORE_FUNCTION_CALLER_H
#define CORE_FUNCTION_CALLER_H

#include "core/caller.h"
#include "database/query.h"
#include "schema/function.h"

/* ERR_DENIED, with how to open it as the hint. */
fallible function_caller_require(const caller *c, const function *f);

/* The call with complete arguments, in the caller's arena. ERR_DENIED,
 * ERR_NOT_NULL_VIOLATION, ERR_CHECK_VIOLATION. Suspends when a rule takes
 * long. */
fallible function_caller_complete(const caller *c, const function_call *wanted,
                                  const function_call **out);

#endif
