/*
 * regex.h: regular expressions from the schema file, over text from clients.
 *
 * Syntax and meaning are those of ECMAScript as far as PCRE2 has them, because
 * the same pattern is run by generated TypeScript: $ is the very end, \d is
 * ASCII, \uXXXX is a code point. A dot matches a code point.
 *
 * The pattern is the application's, the text is anybody's, so a match may cost
 * only so many steps, some and a few for each byte, and so much memory. What
 * needs more (nested repeats over a text made for them, a group repeated tens
 * of thousands of times) is REGEX_TOO_COSTLY, within a few milliseconds.
 *
 * A compiled regex is immutable and shared by all threads.
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

typedef struct regex regex;

/* ERR_INVALID names the byte: "missing closing parenthesis at byte 3". Lives in
 * the arena. */
fallible regex_compile(arena *a, str pattern, const regex **out);

/* The same for a pattern of a client's, with the meaning that PostgreSQL gives
 * it: $ is the very end, a dot is any character, \d and \w are those of all
 * scripts. PCRE2 has most of its syntax, classes such as [[:alpha:]] included;
 * what it has not is \m, \M and \y. */
fallible regex_compile_posix(arena *a, str pattern, bool ignores_case,
                             const regex **out);

typedef enum regex_answer {
    REGEX_NO,
    REGEX_YES,
    REGEX_TOO_COSTLY,
} regex_answer;

/* Is there a match anywhere in text? Not if it is no valid UTF-8. a is for scratch and
 * left as it was. */
regex_answer regex_match(arena *a, const regex *r, str text);

#endif
