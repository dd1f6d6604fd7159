/*
 * json_pattern.h: which regular expressions mean the same to a validator of
 * JSON Schema (ECMA-262, with its "u" flag) as to the server (PCRE2).
 *
 *     ^[A-Z]{2}-\\d+$        shared
 *     (?i)abc, \\A, a++      PCRE2's alone
 *
 * Careful and not complete: what is rare may be taken for not shared. A pattern
 * that a validator cannot read makes it refuse the whole document.
 */
#ifndef GENERATE_JSON_PATTERN_H
#define GENERATE_JSON_PATTERN_H

#include <stdbool.h>

#include "base/str.h"

bool json_pattern_is_shared(str pattern);

#endif
