#include "io/blocking.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "io/fiber.h"
#include "io/thread.h"

/* On the stack of the fiber that waits for it. */
typedef struct job {
    err *(*fn)(void *argument);
    void *argument;
    err *outcome;
    fiber *waiting;
    bool is_done;
    loop_message done;
    struct job *next;
} job;

struct blocking_pool {
    pthread_mutex_t lock; /* over what follows, up to the threads */
    pthread_cond_t changed;
    job *first;
    job *last;
    size_t in_flight; /* in the list or on a thread */
    bool is_closing;

    size_t limit; /* of in_flight */
    size_t thread_count;
    pthread_t threads[];
};

/* ---- The threads -------------------------------------------------------- */

static void wake_waiting(loop_message *message) {
    job *j = CONTAINER_OF(message, job, done);
    j->is_done = true;
    fiber_unpark(j->waiting);
}

/* NULL when the pool closes. */
static job *take_job(blocking_pool *p) {
    pthread_mutex_lock(&p->lock);
    while (p->first == NULL && !p->is_closing)
        pthread_cond_wait(&p->changed, &p->lock);
    job *j = p->first;
    if (j != NULL)
        p->first = j->next;
    pthread_mutex_unlock(&p->lock);
    return j;
}

static void count_done(blocking_pool *p) {
    pthread_mutex_lock(&p->lock);
    p->in_flight--;
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *argument) {
    blocking_pool *p = argument;
    for (job *j = take_job(p); j != NULL; j = take_job(p)) {
        j->outcome = j->fn(j->argument);
        count_done(p);
        loop_post(fiber_loop(j->waiting), &j->done);
    }
    return NULL;
}

/* ---- The fibers --------------------------------------------------------- */

static bool add_job(blocking_pool *p, job *j) {
    pthread_mutex_lock(&p->lock);
    bool has_room = p->in_flight < p->limit;
    if (has_room) {
        if (p->first == NULL)
            p->first = j;
        else
            p->last->next = j;
        p->last = j;
        p->in_flight++;
        pthread_cond_signal(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return has_room;
}

err *blocking_run(arena *a, blocking_pool *p, err *(*fn)(void *argument),
                  void *argument) {
    job j = {.fn = fn,
             .argument = argument,
             .waiting = fiber_current(),
             .done.deliver = wake_waiting};
    ASSERT(j.waiting != NULL);
    if (!add_job(p, &j))
        return err_new(a, ERR_UNAVAILABLE,
                       "too much blocking work at once: %zu jobs are under way",
                       p->limit);
    while (!j.is_done)
        fiber_park_until_woken();
    return j.outcome;
}

/* ---- Life --------------------------------------------------------------- */

static void join_threads(blocking_pool *p) {
    pthread_mutex_lock(&p->lock);
    p->is_closing = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i], NULL);
}

void blocking_pool_free(blocking_pool *p) {
    ASSERT(p->first == NULL);
    join_threads(p);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

err *blocking_pool_new(arena *a, size_t threads, size_t queue,
                       blocking_pool **out) {
    ASSERT(threads > 0);
    blocking_pool *p = calloc(1, sizeof *p + threads * sizeof *p->threads);
    if (p == NULL)
        PANIC("out of memory");
    p->limit = threads + queue;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    while (p->thread_count < threads) {
        err *failure =
            thread_start(a, "blocking", work, p, &p->threads[p->thread_count]);
        if (failure != NULL) {
            blocking_pool_free(p);
            return failure;
        }
        p->thread_count++;
    }
    *out = p;
    return NULL;
}
