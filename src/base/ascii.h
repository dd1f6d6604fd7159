/*
 * ascii.h: what kind of character a byte is, whatever the locale says.
 *
 * For protocol words and the syntax of formats, not for people's text: a byte
 * of a longer UTF-8 sequence is none of these.
 */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>

static inline bool ascii_is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Space, tab and the two bytes of line ends. */
static inline bool ascii_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* These and the vertical tab and the form feed: isspace() in the C locale, which
 * is what PostgreSQL asks. */
static inline bool ascii_is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

#endif
