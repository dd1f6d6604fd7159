#include "io/worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "io/fiber.h"
#include "io/thread.h"

/* Stacks for all loops together: each takes two memory maps, of which a process
 * may have 65,530, and others want some. */
enum { ALL_STACKS = 24000 };

typedef struct worker {
    worker_task *task;
    loop *loop;
    arena *starter; /* for the err; nobody else uses it until has_opened */
    err *failure;
    pthread_t thread;
    loop_message drain;

    pthread_mutex_t lock; /* over has_opened */
    pthread_cond_t opened;
    bool has_opened; /* or failed to */
} worker;

struct worker_group {
    atomic_bool is_draining;
    size_t count;
    worker workers[];
};

/* ---- On the worker's thread --------------------------------------------- */

static void report(worker *w, err *failure) {
    pthread_mutex_lock(&w->lock);
    w->failure = failure;
    w->has_opened = true;
    pthread_cond_signal(&w->opened);
    pthread_mutex_unlock(&w->lock);
}

static void *run(void *argument) {
    worker *w = argument;
    err *failure = w->task->open(w->task, w->starter, w->loop);
    report(w, failure);
    if (failure != NULL)
        loop_stop(w->loop);
    loop_run(w->loop);
    if (failure == NULL)
        w->task->close(w->task);
    return NULL;
}

static void deliver_drain(loop_message *message) {
    worker *w = CONTAINER_OF(message, worker, drain);
    w->task->drain(w->task);
    loop_stop(w->loop);
}

/* ---- On the starter's --------------------------------------------------- */

static void init(worker *w, arena *a, worker_task *task) {
    w->task = task;
    w->starter = a;
    w->drain.deliver = deliver_drain;
    w->loop = loop_new();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->opened, NULL);
}

static void destroy(worker *w) {
    loop_free(w->loop);
    pthread_cond_destroy(&w->opened);
    pthread_mutex_destroy(&w->lock);
}

static void join(worker *w) {
    pthread_join(w->thread, NULL);
    destroy(w);
}

static err *wait_until_opened(worker *w) {
    pthread_mutex_lock(&w->lock);
    while (!w->has_opened)
        pthread_cond_wait(&w->opened, &w->lock);
    pthread_mutex_unlock(&w->lock);
    return w->failure;
}

/* On failure nothing of the worker is left. */
static err *start(arena *a, worker *w, worker_task *task, size_t stacks) {
    init(w, a, task);
    if (stacks < FIBER_DEFAULT_LIMIT)
        fiber_set_limit(w->loop, stacks);
    err *failure = thread_start(a, "worker", run, w, &w->thread);
    if (failure != NULL) {
        destroy(w);
        return failure;
    }
    failure = wait_until_opened(w);
    if (failure != NULL)
        join(w);
    return failure;
}

void worker_group_drain(worker_group *g) {
    if (atomic_exchange(&g->is_draining, true))
        return;
    for (size_t i = 0; i < g->count; i++)
        loop_post(g->workers[i].loop, &g->workers[i].drain);
}

void worker_group_join(worker_group *g) {
    for (size_t i = 0; i < g->count; i++)
        join(&g->workers[i]);
    free(g);
}

err *worker_group_start(arena *a, worker_task *const *tasks, size_t count,
                        worker_group **out) {
    worker_group *g = calloc(1, sizeof *g + count * sizeof *g->workers);
    if (g == NULL)
        PANIC("out of memory");
    while (g->count < count) {
        worker *w = &g->workers[g->count];
        err *failure = start(a, w, tasks[g->count], ALL_STACKS / count);
        if (failure != NULL) {
            worker_group_drain(g);
            worker_group_join(g);
            return failure;
        }
        g->count++;
    }
    *out = g;
    return NULL;
}
