/*
 * curl_library.h: libcurl, loaded when the first request goes out
 * (docs/decisions/0010): most processes never send one.
 *
 * Its functions are called through this table, in parentheses where a macro of
 * the header has the same name: (l->curl_easy_setopt)(handle, ...).
 */
#ifndef IO_CURL_LIBRARY_H
#define IO_CURL_LIBRARY_H

#include <curl/curl.h>

#include "base/err.h"

typedef struct curl_library {
#define X(function) __typeof__(function) *function;
#include "io/curl_library.def"
#undef X
} curl_library;

/* ERR_UNAVAILABLE when the library is not installed. It is not unloaded. */
fallible curl_library_load(arena *a, curl_library *out);

#endif
