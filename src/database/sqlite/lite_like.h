/*
 * lite_like.h: LIKE and ILIKE as PostgreSQL has them.
 *
 * % stands for any text, _ for one character, \ takes away the meaning of what
 * follows. SQLite's own LIKE knows one kind of case sensitivity for a whole
 * connection, no Unicode, and can't be interrupted.
 *
 * Text is UTF-8; a byte that is none is a character of its own. Ignoring case
 * means simple folding: one character to one, for Latin, Greek, Cyrillic and
 * Armenian.
 */
#ifndef DATABASE_SQLITE_LITE_LIKE_H
#define DATABASE_SQLITE_LITE_LIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Called now and then while a match takes long: a pattern of m characters on a
 * text of n may cost m * n. True to give up. */
typedef struct lite_like_watch {
    int (*tick)(void *argument);
    void *argument;
} lite_like_watch;

typedef enum lite_like_result {
    LITE_LIKE_NO,
    LITE_LIKE_YES,
    LITE_LIKE_BAD_PATTERN, /* it ends in a lone \ */
    LITE_LIKE_GAVE_UP,
} lite_like_result;

lite_like_result lite_like(str pattern, str text, bool ignores_case,
                           lite_like_watch watch);

/* What a character becomes when case is ignored. */
uint32_t lite_fold(uint32_t character);

#endif
