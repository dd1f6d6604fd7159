/*
 * hook_refusal.h: what a hook has against the columns of rows, in the words in
 * which the rules of the schema say it (validator.h):
 *
 *     message  the new row of "people" is not valid: email is taken already
 *     details  [{"column":"email","rule":"hook","message":"is taken already"}]
 */
#ifndef CORE_HOOK_REFUSAL_H
#define CORE_HOOK_REFUSAL_H

#include "core/hook.h"

typedef struct hook_problem {
    size_t row;         /* in the batch */
    const field *about; /* or NULL: the row as a whole */
    str message;        /* borrowed */
} hook_problem;

/* One problem or more, of which VALIDATION_REPORT_MAX are listed. */
fallible hook_refusal_of_fields(arena *a, const hook_batch *batch,
                                const hook_problem *problems, size_t count);

#endif
