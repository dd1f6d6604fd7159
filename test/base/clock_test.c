#include "base/clock.h"

#include <time.h>

#include "test/support/test.h"

static void tells_the_system_s_time(void **state) {
    (void)state;
    int64_t seconds = (int64_t)time(NULL);
    int64_t us = clock_wall_us(NULL);
    assert_true(us >= (seconds - 1) * 1000000);
    assert_true(us <= (seconds + 60) * 1000000);
    assert_true(clock_wall_ms(NULL) >= us / 1000);
    int64_t before = clock_monotonic_us(NULL);
    assert_true(clock_monotonic_us(NULL) >= before);
}

static void a_fake_moves_only_by_hand(void **state) {
    (void)state;
    fake_clock fake = {.wall_us = 5000, .monotonic_us = 7};
    assert_true(clock_wall_us(&fake) == 5000);
    assert_true(clock_wall_ms(&fake) == 5);
    fake_clock_advance(&fake, 1500);
    assert_true(clock_wall_us(&fake) == 6500);
    assert_true(clock_monotonic_us(&fake) == 1507);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tells_the_system_s_time),
        TEST(a_fake_moves_only_by_hand),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
