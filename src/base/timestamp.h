/*
 * timestamp.h: moments in time, to the millisecond, as databases and clients
 * write them.
 *
 * Reads RFC 3339 and the wider forms that clients of PostgreSQL send:
 *
 *     2024-01-31T12:00:00.123Z        2024-01-31 12:00:00+02
 *     2024-01-31t12:00:00.5-0530      2024-01-31 12:00 +02:00
 *     2024-01-31                      midnight
 *
 * Without a zone the time is UTC. A fraction has 1 to 9 digits and is cut to
 * milliseconds, not rounded: no time moves into the next day or year. Second
 * 60, which RFC 3339 has for leap seconds, is the first of the next minute.
 *
 * What is written is UTC with the zone as "+00:00".
 */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* Milliseconds since 1970-01-01T00:00:00Z, from year 1 to year 9999. */
typedef struct timestamp {
    int64_t ms;
} timestamp;

enum { TIMESTAMP_LENGTH = sizeof "2024-01-31T12:00:00.123+00:00" - 1 };

/* Reads all of text. ERR_VALUE_DATETIME if it is not written like a time,
 * ERR_VALUE_RANGE if it is but there is no such time (month 13, 30 February,
 * year 10000). */
fallible timestamp_parse(arena *a, str text, timestamp *out);

/* The form of a column's value: always TIMESTAMP_LENGTH bytes, so that it sorts
 * by time. t is in range. */
void timestamp_format(timestamp t, char out[TIMESTAMP_LENGTH]);

/* The form on the wire: like PostgreSQL's, without the zeros at the end of the
 * fraction (12:00:00.12+00:00, 12:00:00+00:00). Returns the length. */
size_t timestamp_format_short(timestamp t, char out[TIMESTAMP_LENGTH]);

/* The same from the form of a column's value, without reading it. */
size_t timestamp_shorten(const char value[TIMESTAMP_LENGTH],
                         char out[TIMESTAMP_LENGTH]);

bool timestamp_is_in_range(timestamp t);

#endif
