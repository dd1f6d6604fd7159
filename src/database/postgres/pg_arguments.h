/*
 * pg_arguments.h: the values of a statement's parameters, as libpq takes them.
 *
 * Three arrays of the same length for PQsendQueryPrepared and its like. Numbers
 * and most texts go in text format, copied with the NUL that libpq looks for;
 * bytes, and texts of types whose binary form is their text, go as they are.
 * The arrays are in the arena of the functions' first parameter.
 */
#ifndef DATABASE_POSTGRES_PG_ARGUMENTS_H
#define DATABASE_POSTGRES_PG_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct pg_arguments {
    const char **values; /* NULL is null */
    int *lengths;        /* of those in binary format */
    int *formats;        /* 0: text, 1: binary */
    size_t count;
} pg_arguments;

void pg_arguments_add_null(arena *a, pg_arguments *out);
void pg_arguments_add_bool(arena *a, pg_arguments *out, bool b);
void pg_arguments_add_int(arena *a, pg_arguments *out, int64_t n);
void pg_arguments_add_real(arena *a, pg_arguments *out, double number);

/* In text format. */
void pg_arguments_add_text(arena *a, pg_arguments *out, str text);

/* In binary format. Borrowed: must live until the statement is sent. */
void pg_arguments_add_bytes(arena *a, pg_arguments *out, str bytes);

#endif
