/*
 * cron.h: when something is due, as crontabs write it.
 *
 *     30 4 1,15 * mon-fri      minute, hour, day of month, month, day of week
 *     @daily                   @hourly @weekly @monthly @yearly
 *
 * A field is *, a number, a name (jan, mon), a range a-b, and behind * or a range a
 * step (0-30/10), or several of these with commas. Sunday is 0 and 7. When both
 * days are restricted, either is enough; one that begins with * restricts
 * nothing there (crontab(5)).
 *
 * Times are those of a clock on the wall. Where it is set forward, what would
 * have been in between is once, at the first moment behind; where it is set
 * back, what is there twice is once, the first time. An expression of all hours
 * is not about the clock's hours: it goes on through both without a pause.
 */
#ifndef BASE_CRON_H
#define BASE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time_zone.h"

/* A bit for each value. */
typedef struct cron {
    uint64_t minutes;
    uint32_t hours;
    uint32_t days;     /* of the month, from bit 1 on */
    uint32_t months;   /* from bit 1 on */
    uint32_t weekdays; /* Sunday is bit 0 */
    bool is_any_day;   /* the field begins with * */
    bool is_any_weekday;
} cron;

/* Reads all of text. ERR_INVALID says which field is wrong, and for what is
 * never: 30 February. */
fallible cron_parse(arena *a, str text, cron *out);

/* As five fields without names and steps, which mean the same. */
void cron_format(buf *out, const cron *c);

/* The first time behind the moment `after`, both in seconds since 1970. */
int64_t cron_next(const cron *c, const time_zone *z, int64_t after);

#endif
