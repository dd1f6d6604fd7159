#include "io/tick.h"

#include "io/fiber.h"
#include "test/support/test.h"

typedef struct scene {
    arena *a;
    loop *loop;
    tick *tick;
    fiber *fiber;
    int count;
} scene;

static void count(void *argument) {
    scene *s = argument;
    if (++s->count == 3)
        fiber_unpark(s->fiber);
}

static err *wait_for_three(void *argument) {
    scene *s = argument;
    s->fiber = fiber_current();
    tick_start(s->tick);
    tick_start(s->tick);
    fiber_park_until_woken();
    tick_stop(s->tick);
    err *e = fiber_park(s->a, deadline_in(s->loop, 20));
    (void)e;
    return NULL;
}

static void comes_again_until_it_is_stopped(void **state) {
    scene s = {.a = *state, .loop = loop_new()};
    s.tick = tick_open(s.loop, 2, count, &s);
    fiber_group group = {.loop = s.loop};
    expect_ok(fiber_start(s.a, &group, wait_for_three, &s));
    loop_stop(s.loop);
    loop_run(s.loop);
    assert_int_equal(s.count, 3);
    tick_close(s.tick);
    loop_free(s.loop);
}

static void does_not_keep_the_loop(void **state) {
    scene s = {.a = *state, .loop = loop_new()};
    s.tick = tick_open(s.loop, 1000 * 1000, count, &s);
    tick_start(s.tick);
    loop_stop(s.loop);
    loop_run(s.loop);
    tick_close(s.tick);
    loop_free(s.loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(comes_again_until_it_is_stopped),
        TEST(does_not_keep_the_loop),
    };
    return cmocka_run_group_tests_name("io/tick", tests, NULL, NULL);
}
