/*
 * request_times.h: how long the parts of an answer take, for Server-Timing.
 *
 * Whoever ends a part says so, and it lasted since the end of the one before.
 * Nobody measures for a caller who has none.
 */
#ifndef CORE_REQUEST_TIMES_H
#define CORE_REQUEST_TIMES_H

#include "base/attr.h"
#include "base/clock.h"

typedef enum request_part {
    REQUEST_JWT,         /* who it is */
    REQUEST_PARSE,       /* what is asked */
    REQUEST_PLAN,        /* what to ask the database */
    REQUEST_TRANSACTION, /* until that has answered */
    REQUEST_RESPONSE,
    REQUEST_PART_COUNT,
} request_part;

typedef struct request_times {
    int64_t since_us;
    int64_t us[REQUEST_PART_COUNT];
} request_times;

static inline void request_times_end(request_times *t, request_part part) {
    if (LIKELY(t == NULL))
        return;
    int64_t now_us = clock_monotonic_us(NULL);
    t->us[part] += now_us - t->since_us;
    t->since_us = now_us;
}

#endif
