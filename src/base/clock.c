#include "base/clock.h"

#include <stddef.h>
#include <time.h>

#include "base/assert.h"

static int64_t read_us(clockid_t id) {
    struct timespec now;
    int failed = clock_gettime(id, &now);
    ASSERT(failed == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_us(const fake_clock *fake) {
    return fake != NULL ? fake->wall_us : read_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(const fake_clock *fake) {
    return fake != NULL ? fake->monotonic_us : read_us(CLOCK_MONOTONIC);
}
