#include "io/bell.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/attr.h"
#include "test/support/test.h"

enum { RINGS = 20000, RINGERS = 3 };

typedef struct world {
    arena *a;
    loop *loop;
    fiber_group group;
    bell *bell;
    atomic_int made; /* what is there */
    int seen;        /* of it, by the fiber */
    int rounds;      /* waits that ended */
    int64_t patience_ms;
    bool was_cancelled;
} world;

static int setup(void **state) {
    arena *a = arena_new();
    world *w = arena_new_array(a, world, 1);
    w->a = a;
    w->loop = loop_new();
    w->group.loop = w->loop;
    w->bell = bell_new();
    w->patience_ms = 60 * 1000;
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    bell_free(w->bell);
    loop_free(w->loop);
    arena_free(w->a);
    return 0;
}

#define BELL_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static void run_out(world *w) {
    loop_stop(w->loop);
    loop_run(w->loop);
}

static void *ring_often(void *argument) {
    world *w = argument;
    for (int i = 0; i < RINGS; i++) {
        atomic_fetch_add(&w->made, 1);
        bell_ring(w->bell);
    }
    return NULL;
}

static err *take_all(void *argument) {
    world *w = argument;
    bell_ear ear;
    err *e = NULL;
    bell_listen(&ear, w->bell, w->loop);
    while (e == NULL && w->seen < RINGS * RINGERS) {
        w->seen = atomic_load(&w->made);
        if (w->seen == RINGS * RINGERS)
            break;
        e = bell_wait(w->a, &ear, deadline_in(w->loop, w->patience_ms));
        w->rounds++;
    }
    bell_leave(&ear);
    return e;
}

/* One that were missed would end this at the deadline, in a minute. */
static void no_ring_is_missed(void **state) {
    world *w = *state;
    pthread_t ringers[RINGERS];
    expect_ok(fiber_start(w->a, &w->group, take_all, w));
    for (size_t i = 0; i < RINGERS; i++)
        assert_int_equal(pthread_create(&ringers[i], NULL, ring_often, w), 0);
    run_out(w);
    for (size_t i = 0; i < RINGERS; i++)
        pthread_join(ringers[i], NULL);
    assert_int_equal(w->seen, RINGS * RINGERS);
    assert_true(w->rounds <= RINGS * RINGERS);
}

static err *wait_twice(void *argument) {
    world *w = argument;
    bell_ear ear;
    bell_listen(&ear, w->bell, w->loop);
    bell_ring(w->bell);
    bell_ring(w->bell);
    err *e = bell_wait(w->a, &ear, deadline_never());
    if (e == NULL) {
        w->rounds++;
        e = bell_wait(w->a, &ear, deadline_in(w->loop, 5));
        w->rounds++;
    }
    w->was_cancelled = e != NULL && e->code == ERR_CANCELLED;
    bell_leave(&ear);
    return NULL;
}

static void rings_while_busy_are_heard_once(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, wait_twice, w));
    run_out(w);
    assert_int_equal(w->rounds, 2);
}

static void a_wait_is_cancelled(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, wait_twice, w));
    fiber_group_cancel(&w->group);
    run_out(w);
    assert_true(w->was_cancelled);
}

static err *leave_while_it_rings(void *argument) {
    world *w = argument;
    bell_ear ear;
    bell_listen(&ear, w->bell, w->loop);
    bell_ring(w->bell);
    bell_leave(&ear);
    bell_ring(w->bell);
    w->rounds++;
    return NULL;
}

static void who_leaves_is_not_rung_for(void **state) {
    world *w = *state;
    expect_ok(fiber_start(w->a, &w->group, leave_while_it_rings, w));
    run_out(w);
    assert_int_equal(w->rounds, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BELL_TEST(no_ring_is_missed),
        BELL_TEST(rings_while_busy_are_heard_once),
        BELL_TEST(a_wait_is_cancelled),
        BELL_TEST(who_leaves_is_not_rung_for),
    };
    return cmocka_run_group_tests_name("io/bell", tests, NULL, NULL);
}
