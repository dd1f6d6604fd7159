#include "io/blocking.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/attr.h"
#include "io/fiber.h"
#include "test/support/test.h"

enum { THREADS = 3, QUEUE = 5, IN_FLIGHT = THREADS + QUEUE };

typedef struct world {
    arena *a;
    loop *loop;
    fiber_group group;
    blocking_pool *pool;
    pthread_t loop_thread;
    pthread_mutex_t gate; /* held: jobs wait */
    atomic_int done;
    atomic_int elsewhere; /* done on another thread than the loop's */
    int refused;
    err *last;
    fiber *fiber;
} world;

static int setup(void **state) {
    arena *a = arena_new();
    world *w = arena_new_array(a, world, 1);
    w->a = a;
    w->loop = loop_new();
    w->group.loop = w->loop;
    w->loop_thread = pthread_self();
    pthread_mutex_init(&w->gate, NULL);
    if (blocking_pool_new(a, THREADS, QUEUE, &w->pool) != NULL)
        return -1;
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    blocking_pool_free(w->pool);
    loop_free(w->loop);
    pthread_mutex_destroy(&w->gate);
    arena_free(w->a);
    return 0;
}

#define BLOCKING_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static void run_out(world *w) {
    loop_stop(w->loop);
    loop_run(w->loop);
}

static err *pass_gate(void *argument) {
    world *w = argument;
    pthread_mutex_lock(&w->gate);
    pthread_mutex_unlock(&w->gate);
    if (!pthread_equal(pthread_self(), w->loop_thread))
        w->elsewhere++;
    w->done++;
    return NULL;
}

static err *work(void *argument) {
    world *w = argument;
    w->fiber = fiber_current();
    err *e = blocking_run(w->a, w->pool, pass_gate, w);
    if (e != NULL) {
        w->refused++;
        w->last = e;
    }
    return NULL;
}

static void runs_beside_the_loop(void **state) {
    world *w = *state;
    for (int i = 0; i < IN_FLIGHT; i++)
        expect_ok(fiber_start(w->a, &w->group, work, w));
    run_out(w);
    assert_int_equal(w->done, IN_FLIGHT);
    assert_int_equal(w->elsewhere, IN_FLIGHT);
}

static void refuses_more_than_its_queue_holds(void **state) {
    world *w = *state;
    pthread_mutex_lock(&w->gate);
    for (int i = 0; i < IN_FLIGHT; i++)
        expect_ok(fiber_start(w->a, &w->group, work, w));
    assert_int_equal(w->refused, 0);
    expect_ok(fiber_start(w->a, &w->group, work, w));
    pthread_mutex_unlock(&w->gate);
    assert_int_equal(w->refused, 1);
    expect_err(w->last, ERR_UNAVAILABLE,
               STR("too much blocking work at once: 8 jobs are under way"));
    run_out(w);
    assert_int_equal(w->done, IN_FLIGHT);

    expect_ok(fiber_start(w->a, &w->group, work, w));
    run_out(w);
    assert_int_equal(w->done, IN_FLIGHT + 1);
}

static void cancelling_does_not_leave_the_work_behind(void **state) {
    world *w = *state;
    pthread_mutex_lock(&w->gate);
    expect_ok(fiber_start(w->a, &w->group, work, w));
    fiber_cancel(w->fiber);
    assert_false(fiber_group_is_empty(&w->group));
    pthread_mutex_unlock(&w->gate);
    run_out(w);
    assert_int_equal(w->done, 1);
    assert_int_equal(w->refused, 0);
}

static err *fail_there(void *argument) {
    world *w = argument;
    return err_new(w->a, ERR_DENIED, "no such luck");
}

static err *work_in_vain(void *argument) {
    world *w = argument;
    return blocking_run(w->a, w->pool, fail_there, w);
}

static void brings_back_the_failure(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, work_in_vain, w));
    run_out(w);
    expect_err(w->group.failure, ERR_DENIED, STR("no such luck"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BLOCKING_TEST(runs_beside_the_loop),
        BLOCKING_TEST(refuses_more_than_its_queue_holds),
        BLOCKING_TEST(cancelling_does_not_leave_the_work_behind),
        BLOCKING_TEST(brings_back_the_failure),
    };
    return cmocka_run_group_tests_name("io/blocking", tests, NULL, NULL);
}
