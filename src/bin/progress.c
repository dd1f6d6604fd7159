#include "bin/progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "io/thread.h"

enum { INTERVAL_S = 5 };

struct progress {
    pthread_mutex_t mutex;
    pthread_cond_t is_over;
    bool is_stopped;
    bool is_running; /* there is a thread */
    pthread_t thread;
    str what;
};

static void print_until_stopped(progress *p) {
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (int seconds = INTERVAL_S; !p->is_stopped; seconds += INTERVAL_S) {
        next.tv_sec += INTERVAL_S;
        int rc = 0;
        while (!p->is_stopped && rc == 0)
            rc = pthread_cond_timedwait(&p->is_over, &p->mutex, &next);
        if (!p->is_stopped)
            fprintf(stderr, "%.*s is still running after %d s\n",
                    STR_ARG(p->what), seconds);
    }
}

static void *run(void *argument) {
    progress *p = argument;
    pthread_mutex_lock(&p->mutex);
    print_until_stopped(p);
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

progress *progress_start(arena *a, str what) {
    progress *p = arena_new_array(a, progress, 1);
    pthread_condattr_t attributes;
    p->what = what;
    pthread_mutex_init(&p->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&p->is_over, &attributes);
    pthread_condattr_destroy(&attributes);
    p->is_running = thread_start(a, "progress", run, p, &p->thread) == NULL;
    return p;
}

void progress_stop(progress **pointer) {
    progress *p = *pointer;
    pthread_mutex_lock(&p->mutex);
    p->is_stopped = true;
    pthread_cond_signal(&p->is_over);
    pthread_mutex_unlock(&p->mutex);
    if (p->is_running)
        pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->is_over);
    pthread_mutex_destroy(&p->mutex);
}
