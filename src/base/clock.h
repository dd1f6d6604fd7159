/*
 * clock.h: what time it is, from the system or from a test.
 *
 * Code that asks for the time is given a `const fake_clock *` by whoever runs
 * it: NULL, the usual case, means the system's clocks; a test passes one of its
 * own and moves it by hand.
 *
 * Wall time names a moment and may jump; monotonic time measures how long
 * something took and has no meaning but its differences.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

typedef struct fake_clock {
    int64_t wall_us;
    int64_t monotonic_us;
} fake_clock;

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_us(const fake_clock *fake);

int64_t clock_monotonic_us(const fake_clock *fake);

static inline int64_t clock_wall_ms(const fake_clock *fake) {
    return clock_wall_us(fake) / 1000;
}

/* Time passes: both clocks go forward. */
static inline void fake_clock_advance(fake_clock *fake, int64_t us) {
    fake->wall_us += us;
    fake->monotonic_us += us;
}

#endif
