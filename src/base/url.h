/*
 * url.h: percent-decoding (RFC 3986, 2.1), strictly.
 *
 * What comes out is valid UTF-8 without NUL, so nobody behind this line has to
 * ask again. In a query '+' is a space (URLSearchParams writes it so); in a
 * path it is a plus.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/arena.h"
#include "base/err.h"

/* *out borrows from text when there is nothing to decode. ERR_QUERY_SYNTAX. */
fallible url_decode_path(arena *a, str text, str *out);
fallible url_decode_query(arena *a, str text, str *out);

/* True if decoding changes nothing and cannot fail. */
bool url_is_plain(str text);

/* The other way, for one path segment or query value. */
str url_encode(arena *a, str text);

#endif
