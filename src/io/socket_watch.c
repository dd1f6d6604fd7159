#include "io/socket_watch.h"

#include <stdlib.h>

#include <uv.h>

#include "base/assert.h"

struct socket_watch {
    uv_poll_t poll;
    socket_ready *on_ready;
    void *argument;
    bool is_writing_wanted;
};

static void report(uv_poll_t *poll, int status, int events) {
    socket_watch *w = poll->data;
    bool has_failed = status < 0;
    w->on_ready(w->argument, has_failed || (events & UV_READABLE) != 0,
                has_failed || (events & UV_WRITABLE) != 0);
}

static void listen_for(socket_watch *w, int events) {
    int rc = uv_poll_start(&w->poll, events, report);
    ASSERT(rc == 0); /* a handle that is not closing */
}

socket_watch *socket_watch_open(loop *l, int fd, socket_ready *on_ready,
                                void *argument) {
    socket_watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        PANIC("out of memory");
    if (uv_poll_init(loop_uv(l), &w->poll, fd) != 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->on_ready = on_ready;
    w->argument = argument;
    uv_unref((uv_handle_t *)&w->poll);
    listen_for(w, UV_READABLE);
    return w;
}

void socket_watch_writing(socket_watch *w, bool is_wanted) {
    if (w->is_writing_wanted == is_wanted)
        return;
    w->is_writing_wanted = is_wanted;
    listen_for(w, is_wanted ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

static void free_watch(uv_handle_t *handle) {
    free(handle->data);
}

void socket_watch_close(socket_watch *w) {
    if (w != NULL)
        uv_close((uv_handle_t *)&w->poll, free_watch);
}
