/*
 * time_zone.h: what a clock on the wall shows, by the system's time zone
 * database.
 *
 * A zone is a file of TZif (RFC 9636): the moments at which its offset from
 * UTC changed, and a rule in POSIX's notation for those after the last one,
 *
 *     CET-1CEST,M3.5.0,M10.5.0/3
 *
 * libc knows one zone for the whole process, so the file is read here.
 */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdint.h>

#include "base/err.h"

/* When a rule changes the offset: day and second of each year. */
typedef struct zone_change {
    char kind;      /* 'M': month, week, day of the week; 'J', 'N': day */
    int month;      /* 1 to 12 */
    int week;       /* 1 to 5, which is the last */
    int day;        /* of the week from 0; J: 1 to 365; N: 0 to 365 */
    int32_t second; /* of that day by the clock, which may be another day's */
} zone_change;

typedef struct time_zone {
    /* Borrowed from the file, big-endian. */
    str moments; /* 8 bytes each */
    str kinds;   /* one byte each: which offset is from then on */
    str offsets; /* 6 bytes each */

    /* After the last moment. */
    bool has_rule;
    bool has_summer;
    int32_t standard; /* seconds east of UTC */
    int32_t summer;
    zone_change to_summer;
    zone_change to_standard;
} time_zone;

/* Of a file's bytes, which must outlive it. ERR_CORRUPT. */
fallible time_zone_parse(arena *a, str file, time_zone *out);

/* By a name such as Europe/Berlin. ERR_INVALID when there is no such zone.
 * Blocks for a small file. */
fallible time_zone_find(arena *a, str name, time_zone *out);

/* Seconds east of UTC at a moment, in seconds since 1970. */
int32_t time_zone_offset(const time_zone *z, int64_t second);

#endif
