/*
 * csv.h: comma separated values, as RFC 4180 has them.
 *
 *     id,title
 *     1,"Fix, then ""ship"""
 *
 * A cell in quotes may hold commas and line ends, and quotes twice; outside of
 * quotes a quote is an error, because nobody can say what was meant. Lines end
 * in \n or \r\n, the last one perhaps in nothing, and empty ones do not count.
 * Whether a cell was in quotes is kept: NULL and "NULL" may differ.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef struct csv_cell {
    str text; /* borrowed, or in the arena if quotes were doubled in it */
    bool is_quoted;
} csv_cell;

typedef struct csv_reader {
    str rest;    /* what is not read yet */
    size_t line; /* how many were read */
} csv_reader;

static inline csv_reader csv_read(str text) {
    return (csv_reader){text, 0};
}

/* The cells of the next line that is not empty; *count is 0 at the end.
 * ERR_BODY, with the number of the line. */
fallible csv_next(arena *a, csv_reader *r, csv_cell **cells, size_t *count);

#endif
