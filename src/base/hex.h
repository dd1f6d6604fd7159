/* hex.h: bytes as hexadecimal digits, written in lower case, read in both. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/str.h"

/* The value of one digit, or -1. */
static inline int hex_digit(char c) {
    if (ascii_is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Writes two digits and returns where the next go. */
static inline char *hex_put(char *to, unsigned char byte) {
    static const char DIGITS[] = "0123456789abcdef";
    to[0] = DIGITS[byte >> 4];
    to[1] = DIGITS[byte & 0xF];
    return to + 2;
}

void hex_encode(buf *out, str bytes);

/* False, and *out untouched, if text is not pairs of digits. */
bool hex_decode(arena *a, str text, str *out);

#endif
