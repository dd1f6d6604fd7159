/*
 * utf8.h: UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates,
 * nothing past U+10FFFF.
 *
 * Text is validated once, where it comes in; behind that a str that is text is
 * valid UTF-8. NUL is a code point like any other here.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { UTF8_MAX_BYTES = 4 };

/* Whether a byte continues a sequence that began before it. */
static inline bool utf8_is_tail(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

/* How many bytes at the start of s are valid: s.len if all are. Fast on ASCII,
 * which is what most text is. */
size_t utf8_valid_prefix(str s);

static inline bool utf8_is_valid(str s) {
    return utf8_valid_prefix(s) == s.len;
}

/* The first code point of s and the number of its bytes; 0 if s is empty or
 * does not start with a valid one. */
size_t utf8_decode(str s, uint32_t *code_point);

/* Returns the number of bytes written. code_point is a Unicode scalar value. */
size_t utf8_encode(uint32_t code_point, char out[UTF8_MAX_BYTES]);

/* The number of code points of valid text. */
size_t utf8_count(str s);

#endif
