/* validation_check.h: does a value pass a rule of its field? */
#ifndef CORE_VALIDATION_CHECK_H
#define CORE_VALIDATION_CHECK_H

#include "core/condition_eval.h"
#include "schema/validation.h"

typedef enum validation_answer {
    VALIDATION_PASSED,
    VALIDATION_FAILED,
    VALIDATION_TOO_COSTLY, /* to match against the pattern */
} validation_answer;

/* v is neither null nor a default, and transformed. a is for scratch and left
 * as it was. */
validation_answer validation_check(arena *a, const field *f,
                                   const validation *rule, const value *v);

#endif
