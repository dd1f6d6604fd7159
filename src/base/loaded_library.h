/*
 * loaded_library.h: libraries that are loaded when they are needed, because
 * linking them would cost every start time and memory (docs/decisions/0010).
 *
 * A struct of function pointers, made from one list of names, is filled in:
 *
 *     static const library_symbol SYMBOLS[] = {
 *     #define X(function) {#function, offsetof(pg_library, function)},
 *     #include "database/postgres/pg_library.def"
 *     #undef X
 *     };
 */
#ifndef BASE_LOADED_LIBRARY_H
#define BASE_LOADED_LIBRARY_H

#include <stddef.h>

#include "base/err.h"

typedef struct library_symbol {
    const char *name;
    size_t offset; /* in the struct */
} library_symbol;

typedef struct library_spec {
    const char *file; /* "libpq.so.5" */
    const char *what; /* for the error: "PostgreSQL's client library" */
    str hint;         /* how to get it */
    const library_symbol *symbols;
    size_t symbol_count;
} library_spec;

/* Fills in the struct. ERR_UNAVAILABLE when the library is not installed or
 * lacks a function. It is not unloaded: what it loads registers handlers. */
fallible loaded_library_open(arena *a, const library_spec *spec, void *out);

#endif
