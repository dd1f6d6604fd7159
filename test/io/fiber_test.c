/*
 * cmocka leaves a failed test by longjmp, which must not cross from one stack
 * to another: fibers write down what they saw, and the test asserts on its own
 * stack.
 */
#include "io/fiber.h"

#include <stdlib.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/sanitizer.h"
#include "test/support/test.h"

/* TSan counts each fiber as a thread and knows some 8,000. */
enum { MANY = TSAN_IS_ON ? 1000 : 10000 };

/* What the fibers of one test share. */
typedef struct world {
    arena *a;
    loop *loop;
    fiber_group group;
    str seen; /* a letter for each thing that happened */
    fiber *fibers[4];
    err *ends[4];
    int count;
} world;

static int setup(void **state) {
    arena *a = arena_new();
    world *w = arena_new_array(a, world, 1);
    w->a = a;
    w->loop = loop_new();
    w->group.loop = w->loop;
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    loop_free(w->loop);
    arena_free(w->a);
    return 0;
}

#define FIBER_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static void run_out(world *w) {
    loop_stop(w->loop);
    loop_run(w->loop);
}

static void see(world *w, const char *letter) {
    w->seen = arena_printf(w->a, "%.*s%s", STR_ARG(w->seen), letter);
}

static err *sleep_ms(world *w, int64_t ms) {
    err *e = fiber_park(w->a, deadline_in(w->loop, ms));
    return e != NULL && e->code == ERR_TIMEOUT ? NULL : e;
}

/* ---- Starting and ending ------------------------------------------------ */

static err *see_one(void *argument) {
    see(argument, "1");
    return NULL;
}

static err *see_nothing(void *argument) {
    (void)argument;
    return NULL;
}

static void runs_at_once_until_it_ends(void **state) {
    world *w = *state;
    see(w, "a");
    expect_ok(fiber_start(w->a, &w->group, see_one, w));
    see(w, "b");
    expect_str(w->seen, STR("a1b"));
    assert_true(fiber_group_is_empty(&w->group));
    assert_null(fiber_current());
}

static err *park_once(void *argument) {
    world *w = argument;
    w->fibers[0] = fiber_current();
    see(w, "1");
    err *e = fiber_park(w->a, deadline_never());
    see(w, "2");
    return e;
}

static void runs_at_once_until_it_parks(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, park_once, w));
    see(w, "a");
    assert_ptr_equal(fiber_loop(w->fibers[0]), w->loop);
    fiber_unpark(w->fibers[0]);
    see(w, "b");
    run_out(w);
    expect_str(w->seen, STR("1ab2"));
    expect_ok(w->group.failure);
}

static err *start_inner(void *argument) {
    world *w = argument;
    fiber *self = fiber_current();
    see(w, "(");
    TRY(fiber_start(w->a, &w->group, park_once, w));
    see(w, fiber_current() == self ? ")" : "?");
    fiber_unpark(w->fibers[0]);
    return NULL;
}

static void starts_from_within_another(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, start_inner, w));
    run_out(w);
    expect_str(w->seen, STR("(1)2"));
    expect_ok(w->group.failure);
}

static err *count_and_sleep(void *argument) {
    world *w = argument;
    w->count++;
    err *e = sleep_ms(w, 1);
    w->count--;
    return e;
}

static void runs_many_at_once(void **state) {
    world *w = *state;
    for (int i = 0; i < MANY; i++)
        expect_ok(fiber_start(w->a, &w->group, count_and_sleep, w));
    assert_int_equal(w->count, MANY);
    run_out(w);
    assert_int_equal(w->count, 0);
    expect_ok(w->group.failure);
}

static void refuses_to_start_past_the_bound(void **state) {
    world *w = *state;
    fiber_set_limit(w->loop, 3);
    for (int i = 0; i < 3; i++)
        expect_ok(fiber_start(w->a, &w->group, count_and_sleep, w));
    expect_err(fiber_start(w->a, &w->group, count_and_sleep, w),
               ERR_UNAVAILABLE,
               STR("too many requests at once: all 3 fibers are in use"));
    run_out(w);
    expect_ok(fiber_start(w->a, &w->group, see_one, w));
}

/* A trickle of fibers, until half of the stacks are gone. */
static err *come_and_go(void *argument) {
    world *w = argument;
    fiber_group visitors = {.loop = w->loop};
    for (int i = 0; i < 500 && fiber_read_stats(w->loop).mapped > 250; i++) {
        for (int j = 0; j < 10; j++)
            TRY(fiber_start(w->a, &visitors, see_nothing, w));
        TRY(sleep_ms(w, 5));
    }
    return NULL;
}

static void gives_stacks_back_that_a_burst_has_left(void **state) {
    world *w = *state;
    enum { BURST = 500 };
    for (int i = 0; i < BURST; i++)
        expect_ok(fiber_start(w->a, &w->group, count_and_sleep, w));
    assert_int_equal(fiber_read_stats(w->loop).running, BURST);
    run_out(w);
    fiber_stats after = fiber_read_stats(w->loop);
    assert_int_equal(after.running, 0);
    assert_int_equal(after.mapped, BURST);
    assert_in_range(after.deepest, 1, 64 * 1024);

    expect_ok(fiber_start(w->a, &w->group, come_and_go, w));
    run_out(w);
    expect_ok(w->group.failure);
    assert_in_range(fiber_read_stats(w->loop).mapped, 1, BURST / 2);
}

/* ---- Waiting ------------------------------------------------------------ */

static err *park_after_wake(void *argument) {
    world *w = argument;
    fiber_unpark(fiber_current());
    fiber_unpark(fiber_current());
    TRY(fiber_park(w->a, deadline_never()));
    see(w, "1");
    return fiber_park(w->a, deadline_in(w->loop, 1));
}

static void counts_one_unpark_that_came_before_the_park(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, park_after_wake, w));
    expect_str(w->seen, STR("1"));
    run_out(w);
    expect_err(w->group.failure, ERR_TIMEOUT, STR("waited until the deadline"));
}

typedef struct sleeper {
    world *world;
    int64_t ms;
    const char *letter;
} sleeper;

static err *sleep_then_see(void *argument) {
    sleeper *s = argument;
    err *e = sleep_ms(s->world, s->ms);
    see(s->world, s->letter);
    return e;
}

static void wakes_in_the_order_of_deadlines(void **state) {
    world *w = *state;
    sleeper sleepers[] = {
        {w, 30, "d"}, {w, 5, "a"}, {w, 20, "c"}, {w, 10, "b"}, {w, 30, "e"}};
    for (size_t i = 0; i < LENGTH(sleepers); i++)
        expect_ok(fiber_start(w->a, &w->group, sleep_then_see, &sleepers[i]));
    run_out(w);
    expect_str(w->seen, STR("abcde"));
}

static err *park_in_the_past(void *argument) {
    world *w = argument;
    return fiber_park(w->a, deadline_in(w->loop, 0));
}

static void does_not_suspend_for_a_deadline_that_has_passed(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, park_in_the_past, w));
    assert_true(fiber_group_is_empty(&w->group));
    expect_err(w->group.failure, ERR_TIMEOUT, STR("waited until the deadline"));
}

static err *yield_thrice(void *argument) {
    sleeper *s = argument;
    for (int i = 0; i < 3; i++) {
        see(s->world, s->letter);
        fiber_yield();
    }
    return NULL;
}

static void takes_turns_with_others_that_yield(void **state) {
    world *w = *state;
    sleeper a = {w, 0, "a"};
    sleeper b = {w, 0, "b"};
    expect_ok(fiber_start(w->a, &w->group, yield_thrice, &a));
    expect_ok(fiber_start(w->a, &w->group, yield_thrice, &b));
    run_out(w);
    expect_str(w->seen, STR("ababab"));
}

static err *yield_until_seen(void *argument) {
    world *w = argument;
    for (w->count = 0; str_is_empty(w->seen); w->count++)
        fiber_yield();
    return NULL;
}

static void yielding_endlessly_lets_timers_and_others_run(void **state) {
    world *w = *state;
    sleeper s = {w, 20, "1"};
    expect_ok(fiber_start(w->a, &w->group, yield_until_seen, w));
    expect_ok(fiber_start(w->a, &w->group, sleep_then_see, &s));
    run_out(w);
    expect_str(w->seen, STR("1"));
    assert_true(w->count > 1);
}

typedef struct letter {
    loop_message message;
    world *world;
} letter;

static void see_letter(loop_message *message) {
    see(CONTAINER_OF(message, letter, message)->world, "1");
}

static void yielding_endlessly_lets_events_in(void **state) {
    world *w = *state;
    letter posted = {{.deliver = see_letter}, w};
    expect_ok(fiber_start(w->a, &w->group, yield_until_seen, w));
    loop_post(w->loop, &posted.message);
    run_out(w);
    expect_str(w->seen, STR("1"));
}

static err *wake_each_other(void *argument) {
    world *w = argument;
    int self = w->count++;
    w->fibers[self] = fiber_current();
    while (str_is_empty(w->seen)) {
        TRY(fiber_park(w->a, deadline_never()));
        if (w->fibers[1 - self] != NULL)
            fiber_unpark(w->fibers[1 - self]);
    }
    w->fibers[self] = NULL;
    return NULL;
}

static void waking_each_other_endlessly_lets_timers_run(void **state) {
    world *w = *state;
    sleeper s = {w, 5, "1"};
    expect_ok(fiber_start(w->a, &w->group, wake_each_other, w));
    expect_ok(fiber_start(w->a, &w->group, wake_each_other, w));
    expect_ok(fiber_start(w->a, &w->group, sleep_then_see, &s));
    fiber_unpark(w->fibers[0]);
    run_out(w);
    expect_ok(w->group.failure);
    expect_str(w->seen, STR("1"));
}

/* ---- Cancelling --------------------------------------------------------- */

static err *park_twice(void *argument) {
    world *w = argument;
    w->fibers[0] = fiber_current();
    w->ends[0] = fiber_park(w->a, deadline_never());
    w->ends[1] = fiber_park(w->a, deadline_never());
    return NULL;
}

static void cancel_ends_this_wait_and_the_next(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, park_twice, w));
    fiber_cancel(w->fibers[0]);
    assert_true(fiber_is_cancelled(w->fibers[0]));
    run_out(w);
    for (int i = 0; i < 2; i++)
        expect_err(w->ends[i], ERR_CANCELLED, STR("cancelled while waiting"));
}

static err *cancel_self(void *argument) {
    world *w = argument;
    fiber_cancel(fiber_current());
    fiber_yield();
    see(w, "1");
    return fiber_park(w->a, deadline_never());
}

static void a_running_fiber_is_cancelled_at_its_next_wait(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, cancel_self, w));
    run_out(w);
    expect_str(w->seen, STR("1"));
    expect_err(w->group.failure, ERR_CANCELLED, STR("cancelled while waiting"));
}

static err *park_deaf(void *argument) {
    world *w = argument;
    w->fibers[0] = fiber_current();
    fiber_park_until_woken();
    see(w, "2");
    return fiber_park(w->a, deadline_never());
}

static err *cancel_then_wake(void *argument) {
    world *w = argument;
    fiber_cancel(w->fibers[0]);
    err *e = sleep_ms(w, 5);
    see(w, "1");
    fiber_unpark(w->fibers[0]);
    return e;
}

static void a_deaf_wait_ends_only_when_woken(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, park_deaf, w));
    fiber_group other = {.loop = w->loop};
    expect_ok(fiber_start(w->a, &other, cancel_then_wake, w));
    run_out(w);
    expect_str(w->seen, STR("12"));
    expect_err(w->group.failure, ERR_CANCELLED, STR("cancelled while waiting"));
}

static err *park_until_late(void *argument) {
    world *w = argument;
    w->fibers[0] = fiber_current();
    w->ends[0] = fiber_park(w->a, deadline_in(w->loop, 5));
    w->ends[1] = sleep_ms(w, 20);
    return NULL;
}

/* Ends without a timer left that would wake the fiber from its next wait. */
static void a_wake_stops_the_deadline(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, park_until_late, w));
    fiber_unpark(w->fibers[0]);
    run_out(w);
    expect_ok(w->ends[0]);
    expect_ok(w->ends[1]);
}

/* ---- Groups ------------------------------------------------------------- */

static err *fail_soon(void *argument) {
    world *w = argument;
    err *e = sleep_ms(w, 1);
    return e != NULL ? e : err_new(w->a, ERR_CONFLICT, "the child failed");
}

static err *join_three(void *argument) {
    world *w = argument;
    fiber_group children = {.loop = w->loop};
    TRY(fiber_start(w->a, &children, park_once, w));
    TRY(fiber_start(w->a, &children, park_once, w));
    TRY(fiber_start(w->a, &children, fail_soon, w));
    see(w, "j");
    w->ends[0] = fiber_group_join(&children);
    see(w, "k");
    return NULL;
}

static void a_failing_member_cancels_its_siblings(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, join_three, w));
    run_out(w);
    expect_str(w->seen, STR("11j22k"));
    expect_err(w->ends[0], ERR_CONFLICT, STR("the child failed"));
}

static err *join_one(void *argument) {
    world *w = argument;
    w->fibers[1] = fiber_current();
    fiber_group children = {.loop = w->loop};
    TRY(fiber_start(w->a, &children, park_once, w));
    w->ends[0] = fiber_group_join(&children);
    w->count = fiber_group_is_empty(&children);
    return NULL;
}

static void cancelling_a_joiner_cancels_what_it_waits_for(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, join_one, w));
    fiber_cancel(w->fibers[1]);
    run_out(w);
    assert_int_equal(w->count, 1);
    expect_err(w->ends[0], ERR_CANCELLED, STR("cancelled while waiting"));
}

static err *join_nothing(void *argument) {
    world *w = argument;
    fiber_group children = {.loop = w->loop};
    TRY(fiber_start(w->a, &children, see_one, w));
    return fiber_group_join(&children);
}

static void joining_those_that_have_ended_does_not_wait(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, join_nothing, w));
    assert_true(fiber_group_is_empty(&w->group));
    expect_ok(w->group.failure);
}

static void cancels_all_members_from_the_loops_stack(void **state) {
    world *w = *state;
    for (int i = 0; i < 10; i++)
        expect_ok(fiber_start(w->a, &w->group, park_once, w));
    fiber_group_cancel(&w->group);
    assert_false(fiber_group_is_empty(&w->group));
    run_out(w);
    assert_true(fiber_group_is_empty(&w->group));
}

/* ---- The turn ----------------------------------------------------------- */

typedef struct seeing_hook {
    loop_hook hook;
    world *world;
} seeing_hook;

static void see_hook(loop_hook *hook) {
    seeing_hook *h = CONTAINER_OF(hook, seeing_hook, hook);
    see(h->world, "h");
    if (h->world->fibers[0] != NULL)
        fiber_unpark(h->world->fibers[0]);
    h->world->fibers[0] = NULL;
}

static err *ask_for_hook(void *argument) {
    seeing_hook *h = argument;
    h->world->fibers[0] = fiber_current();
    see(h->world, "1");
    loop_request_turn_end(h->world->loop, &h->hook);
    TRY(fiber_park(h->world->a, deadline_never()));
    see(h->world, "2");
    loop_request_turn_end(h->world->loop, &h->hook);
    return NULL;
}

static void woken_fibers_run_before_the_hooks_of_the_turn(void **state) {
    world *w = *state;
    seeing_hook h = {{.run = see_hook}, w};
    expect_ok(fiber_start(w->a, &w->group, ask_for_hook, &h));
    fiber_unpark(w->fibers[0]);
    w->fibers[0] = NULL;
    run_out(w);
    expect_str(w->seen, STR("12h"));
}

static void waking_each_other_endlessly_lets_hooks_run(void **state) {
    world *w = *state;
    seeing_hook h = {{.run = see_hook}, w};
    expect_ok(fiber_start(w->a, &w->group, wake_each_other, w));
    expect_ok(fiber_start(w->a, &w->group, wake_each_other, w));
    fiber_unpark(w->fibers[0]);
    loop_request_turn_end(w->loop, &h.hook);
    run_out(w);
    expect_ok(w->group.failure);
    expect_str(w->seen, STR("h"));
}

static void what_a_hook_wakes_runs_and_gets_its_hook(void **state) {
    world *w = *state;
    seeing_hook h = {{.run = see_hook}, w};
    expect_ok(fiber_start(w->a, &w->group, ask_for_hook, &h));
    run_out(w);
    expect_str(w->seen, STR("1h2h"));
}

typedef struct asking_message {
    loop_message message;
    seeing_hook hook;
} asking_message;

static void deliver_asking(loop_message *message) {
    asking_message *m = CONTAINER_OF(message, asking_message, message);
    loop_request_turn_end(m->hook.world->loop, &m->hook.hook);
}

static void yielded_fibers_go_on_behind_the_hooks_of_the_turn(void **state) {
    world *w = *state;
    asking_message m = {{.deliver = deliver_asking}, {{.run = see_hook}, w}};
    sleeper a = {w, 0, "a"};
    expect_ok(fiber_start(w->a, &w->group, yield_thrice, &a));
    loop_post(w->loop, &m.message); /* comes with the first events */
    run_out(w);
    expect_str(w->seen, STR("ahaa"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIBER_TEST(runs_at_once_until_it_ends),
        FIBER_TEST(runs_at_once_until_it_parks),
        FIBER_TEST(starts_from_within_another),
        FIBER_TEST(runs_many_at_once),
        FIBER_TEST(refuses_to_start_past_the_bound),
        FIBER_TEST(gives_stacks_back_that_a_burst_has_left),
        FIBER_TEST(counts_one_unpark_that_came_before_the_park),
        FIBER_TEST(wakes_in_the_order_of_deadlines),
        FIBER_TEST(does_not_suspend_for_a_deadline_that_has_passed),
        FIBER_TEST(takes_turns_with_others_that_yield),
        FIBER_TEST(yielding_endlessly_lets_timers_and_others_run),
        FIBER_TEST(yielding_endlessly_lets_events_in),
        FIBER_TEST(waking_each_other_endlessly_lets_timers_run),
        FIBER_TEST(cancel_ends_this_wait_and_the_next),
        FIBER_TEST(a_running_fiber_is_cancelled_at_its_next_wait),
        FIBER_TEST(a_deaf_wait_ends_only_when_woken),
        FIBER_TEST(a_wake_stops_the_deadline),
        FIBER_TEST(a_failing_member_cancels_its_siblings),
        FIBER_TEST(cancelling_a_joiner_cancels_what_it_waits_for),
        FIBER_TEST(joining_those_that_have_ended_does_not_wait),
        FIBER_TEST(cancels_all_members_from_the_loops_stack),
        FIBER_TEST(woken_fibers_run_before_the_hooks_of_the_turn),
        FIBER_TEST(waking_each_other_endlessly_lets_hooks_run),
        FIBER_TEST(what_a_hook_wakes_runs_and_gets_its_hook),
        FIBER_TEST(yielded_fibers_go_on_behind_the_hooks_of_the_turn),
    };
    return cmocka_run_group_tests_name("io/fiber", tests, NULL, NULL);
}
