/*
 * scan.h: reading the little languages inside a query string.
 *
 * A scan is a place in one decoded parameter. Its errors read as PostgREST's
 * do, because clients show them to people:
 *
 *     "failed to parse filter (foo.1)" (line 1, column 1)
 *     unexpected "f" expecting "not" or operator (eq, gt, ...)
 *
 * The text has no NUL (url.h), so scan_peek says '\0' at the end.
 */
#ifndef API_REST_SCAN_H
#define API_REST_SCAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef struct scan {
    str text;
    size_t at;
    const char *what; /* "filter", "order" */
} scan;

static inline bool scan_is_at_end(const scan *s) {
    return s->at == s->text.len;
}

static inline char scan_peek(const scan *s) {
    return scan_is_at_end(s) ? '\0' : s->text.ptr[s->at];
}

/* Reads c if it is next. */
static inline bool scan_take(scan *s, char c) {
    if (scan_peek(s) != c || scan_is_at_end(s))
        return false;
    s->at++;
    return true;
}

static inline str scan_rest(const scan *s) {
    return str_slice(s->text, s->at, s->text.len);
}

bool scan_take_word(scan *s, str word);
void scan_skip_blanks(scan *s);

/* Up to, not including, the first of the characters, or all. */
str scan_take_until(scan *s, const char *stops);

/* An identifier: "quoted" with \ before any character, or letters, digits,
 * '_', '$', blanks inside, and '-' unless it begins an arrow. */
fallible scan_name(arena *a, scan *s, str *out);

/* A "quoted" text; the opening quote is next. In a list clients write quotes
 * inside without escaping them, so with is_in_list a quote only closes when a
 * comma, a parenthesis or the end follows. */
fallible scan_quoted(arena *a, scan *s, bool is_in_list, str *out);

/* ERR_QUERY_SYNTAX at the place where the scan stands. */
fallible scan_fail(arena *a, const scan *s, const char *expected);

/* The same, at another place. */
fallible scan_fail_at(arena *a, const scan *s, size_t at, const char *expected);

#endif
