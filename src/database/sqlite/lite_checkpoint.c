#include "database/sqlite/lite_checkpoint.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "database/sqlite/lite_connection.h"

struct lite_checkpointer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    bool is_wanted;
    bool is_stopping;
    sqlite3 *db; /* the thread's */
};

/* False when it is time to stop. */
static bool wait_until_wanted(lite_checkpointer *c) {
    pthread_mutex_lock(&c->mutex);
    while (!c->is_wanted && !c->is_stopping)
        pthread_cond_wait(&c->woken, &c->mutex);
    c->is_wanted = false;
    bool is_going_on = !c->is_stopping;
    pthread_mutex_unlock(&c->mutex);
    return is_going_on;
}

static void *run(void *argument) {
    lite_checkpointer *c = argument;
    while (wait_until_wanted(c)) {
        /* What fails here is tried again when the log has grown, and is the
         * writer's to report when it matters. */
        (void)sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                        NULL, NULL);
    }
    return NULL;
}

err *lite_checkpointer_new(arena *a, str path, lite_checkpointer **out) {
    sqlite3 *db = NULL;
    TRY(lite_connect(a, path, LITE_CHECKPOINTER, NULL, &db));
    sqlite3_busy_timeout(db, 0);
    lite_checkpointer *c = calloc(1, sizeof *c);
    if (c == NULL)
        PANIC("out of memory");
    c->db = db;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->woken, NULL);
    if (pthread_create(&c->thread, NULL, run, c) != 0) {
        lite_disconnect(&c->db);
        free(c);
        return err_new(a, ERR_UNAVAILABLE, "cannot start a thread");
    }
    *out = c;
    return NULL;
}

static void set(lite_checkpointer *c, bool *flag) {
    pthread_mutex_lock(&c->mutex);
    *flag = true;
    pthread_cond_signal(&c->woken);
    pthread_mutex_unlock(&c->mutex);
}

void lite_checkpointer_wake(lite_checkpointer *c) {
    set(c, &c->is_wanted);
}

void lite_checkpointer_free(lite_checkpointer *c) {
    if (c == NULL)
        return;
    set(c, &c->is_stopping);
    pthread_join(c->thread, NULL);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->woken);
    lite_disconnect(&c->db);
    free(c);
}
