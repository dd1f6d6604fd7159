#include "io/bell.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/assert.h"

struct bell {
    _Atomic int quiet; /* ears that a ring would wake */
    pthread_mutex_t lock;
    bell_ear *first;
};

bell *bell_new(void) {
    bell *b = calloc(1, sizeof *b);
    ASSERT(b != NULL);
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void bell_free(bell *b) {
    if (b == NULL)
        return;
    ASSERT(b->first == NULL);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

void bell_ring(bell *b) {
    if (atomic_load(&b->quiet) == 0)
        return;
    pthread_mutex_lock(&b->lock);
    for (bell_ear *e = b->first; e != NULL; e = e->next) {
        if (e->is_ringing)
            continue;
        e->is_ringing = true;
        atomic_fetch_sub(&b->quiet, 1);
        loop_post(e->loop, &e->message);
    }
    pthread_mutex_unlock(&b->lock);
}

static void hear(loop_message *message) {
    bell_ear *e = CONTAINER_OF(message, bell_ear, message);
    e->has_heard = true;
    fiber_unpark(e->fiber);
}

void bell_listen(bell_ear *e, bell *b, loop *l) {
    *e = (bell_ear){
        .message = {.deliver = hear},
        .bell = b,
        .loop = l,
        .fiber = fiber_current(),
    };
    pthread_mutex_lock(&b->lock);
    e->next = b->first;
    b->first = e;
    atomic_fetch_add(&b->quiet, 1);
    pthread_mutex_unlock(&b->lock);
}

/* From here on a ring is about something that was not there yet. */
static void attend(bell_ear *e) {
    bell *b = e->bell;
    e->has_heard = false;
    pthread_mutex_lock(&b->lock);
    e->is_ringing = false;
    atomic_fetch_add(&b->quiet, 1);
    pthread_mutex_unlock(&b->lock);
}

err *bell_wait(arena *a, bell_ear *e, deadline until) {
    err *failure = NULL;
    while (!e->has_heard && failure == NULL)
        failure = fiber_park(a, until);
    if (e->has_heard)
        attend(e);
    bool is_late = failure != NULL && failure->code == ERR_TIMEOUT;
    return is_late ? NULL : failure;
}

void bell_leave(bell_ear *e) {
    bell *b = e->bell;
    pthread_mutex_lock(&b->lock);
    bell_ear **at = &b->first;
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    bool is_ringing = e->is_ringing;
    if (!is_ringing)
        atomic_fetch_sub(&b->quiet, 1);
    pthread_mutex_unlock(&b->lock);
    while (is_ringing && !e->has_heard)
        fiber_park_until_woken();
}
