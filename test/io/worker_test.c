#include "io/worker.h"

#include <pthread.h>
#include <stdatomic.h>

#include <uv.h>

#include "base/attr.h"
#include "test/support/test.h"

enum { COUNT = 3 };

/* A worker that has a handle open until it is drained. */
typedef struct clerk {
    worker_task task;
    bool cannot_open;
    uv_async_t handle;
    pthread_t thread;
    int opened;
    int drained;
    int closed;
    bool strayed; /* called from another thread than open was */
} clerk;

static err *open_clerk(worker_task *task, arena *a, loop *l) {
    clerk *c = CONTAINER_OF(task, clerk, task);
    if (c->cannot_open)
        return err_new(a, ERR_CONFLICT, "the desk is taken");
    c->thread = pthread_self();
    c->opened++;
    uv_async_init(loop_uv(l), &c->handle, NULL);
    return NULL;
}

static void drain_clerk(worker_task *task) {
    clerk *c = CONTAINER_OF(task, clerk, task);
    c->strayed |= !pthread_equal(pthread_self(), c->thread);
    c->drained++;
    uv_close((uv_handle_t *)&c->handle, NULL);
}

static void close_clerk(worker_task *task) {
    clerk *c = CONTAINER_OF(task, clerk, task);
    c->strayed |= !pthread_equal(pthread_self(), c->thread);
    c->closed += c->drained;
}

static void init_clerks(clerk *clerks, worker_task **tasks) {
    for (int i = 0; i < COUNT; i++) {
        clerks[i] = (clerk){.task = {open_clerk, drain_clerk, close_clerk}};
        tasks[i] = &clerks[i].task;
    }
}

static void opens_drains_and_closes_each_on_its_own_thread(void **state) {
    arena *a = *state;
    clerk clerks[COUNT];
    worker_task *tasks[COUNT];
    worker_group *group;
    init_clerks(clerks, tasks);
    expect_ok(worker_group_start(a, tasks, COUNT, &group));
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(clerks[i].opened, 1);
    worker_group_drain(group);
    worker_group_drain(group);
    worker_group_join(group);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(clerks[i].drained, 1);
        assert_int_equal(clerks[i].closed, 1);
        assert_false(clerks[i].strayed);
        assert_false(pthread_equal(clerks[i].thread, pthread_self()));
    }
}

static void one_that_cannot_open_ends_those_before_it(void **state) {
    arena *a = *state;
    clerk clerks[COUNT];
    worker_task *tasks[COUNT];
    worker_group *group;
    init_clerks(clerks, tasks);
    clerks[1].cannot_open = true;
    expect_err(worker_group_start(a, tasks, COUNT, &group), ERR_CONFLICT,
               STR("the desk is taken"));
    assert_int_equal(clerks[0].closed, 1);
    assert_int_equal(clerks[1].drained + clerks[1].closed, 0);
    assert_int_equal(clerks[2].opened, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(opens_drains_and_closes_each_on_its_own_thread),
        TEST(one_that_cannot_open_ends_those_before_it),
    };
    return cmocka_run_group_tests_name("io/worker", tests, NULL, NULL);
}
