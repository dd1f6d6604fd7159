/*
 * utf8_case.h: upper and lower case, and blanks, of all scripts.
 *
 * One code point becomes one code point (Unicode's simple mappings), without
 * regard to language: "ß" stays as it is in capitals, and "I" becomes "i" in
 * Turkish, too. So the result does not depend on the machine, and lower case
 * text can be looked up by lower case text.
 */
#ifndef BASE_UTF8_CASE_H
#define BASE_UTF8_CASE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* text is valid UTF-8. The same text, borrowed, when nothing changes. */
str utf8_lower(arena *a, str text);
str utf8_upper(arena *a, str text);

/* Without the blanks at both ends: those of Unicode's White_Space, and U+FEFF,
 * as in ECMAScript. */
str utf8_trim(str text);

#endif
