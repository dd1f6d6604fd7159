/*
 * str.h: borrowed text as pointer and length.
 *
 * A str never owns its bytes and need not end in NUL. Pass it by value. The
 * zero value is the empty string. Bytes that are not text are a str as well.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
    const char *ptr;
    size_t len;
} str;

/* STR() is for expressions, STR_INIT() for static tables. */
#define STR_INIT(lit)                                                          \
    { "" lit, sizeof(lit) - 1 }
#define STR(lit) ((str)STR_INIT(lit))

/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) str_precision(s), (s).ptr != NULL ? (s).ptr : ""

/* A negative precision would mean "up to the NUL", which we do not have. */
static inline int str_precision(str s) {
    return s.len < INT_MAX ? (int)s.len : INT_MAX;
}

static inline bool str_is_empty(str s) {
    return s.len == 0;
}

static inline bool str_equal(str a, str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Splits the first n bytes off *rest and returns them. */
static inline str str_take(str *rest, size_t n) {
    str head = {rest->ptr, n};
    if (n > 0) /* NULL + 0 is undefined before C23 */
        rest->ptr += n;
    rest->len -= n;
    return head;
}

/* The bytes from `from` up to, not including, `to`. Both must be in range. */
static inline str str_slice(str s, size_t from, size_t to) {
    return (str){from > 0 ? s.ptr + from : s.ptr, to - from};
}

static inline bool str_starts_with(str s, str prefix) {
    return s.len >= prefix.len && str_equal((str){s.ptr, prefix.len}, prefix);
}

static inline bool str_ends_with(str s, str suffix) {
    return s.len >= suffix.len &&
           str_equal(str_slice(s, s.len - suffix.len, s.len), suffix);
}

static inline str str_of(const char *text) {
    return (str){text, text != NULL ? strlen(text) : 0};
}

/* Where c first stands in s, or s.len. */
size_t str_find_char(str s, char c);

/* Everything contains the empty part. */
bool str_contains(str s, str part);

/* Splits *rest at the first separator: returns what stands before it and
 * leaves what stands behind it. Without one, returns all and leaves nothing. */
str str_split(str *rest, char separator);

/* ASCII only: for protocol words, not for people's text. */
bool str_equal_ignoring_case(str a, str b);

static inline bool str_starts_with_ignoring_case(str s, str prefix) {
    return s.len >= prefix.len &&
           str_equal_ignoring_case(str_slice(s, 0, prefix.len), prefix);
}

/* Without the ASCII blanks, tabs and line ends at both ends. */
str str_trim(str s);

/* <0, 0, >0 by bytes; a prefix sorts first. */
int str_compare(str a, str b);

/* Reads all of s as a decimal integer with an optional '-'. False, and *out
 * untouched, if that is not what s is or if it does not fit. */
bool str_parse_int64(str s, int64_t *out);

#endif
