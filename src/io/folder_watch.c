#include "io/folder_watch.h"

#include <stdlib.h>

#include <uv.h>

#include "base/assert.h"

struct folder_watch {
    uv_fs_event_t events;
    uv_timer_t quiet;
    void (*on_change)(void *argument);
    void *argument;
    int open; /* handles */
};

static void on_quiet(uv_timer_t *timer) {
    folder_watch *w = timer->data;
    w->on_change(w->argument);
}

static void on_event(uv_fs_event_t *events, const char *name, int what,
                     int status) {
    (void)name;
    (void)what;
    (void)status;
    folder_watch *w = events->data;
    uv_timer_start(&w->quiet, on_quiet, FOLDER_WATCH_QUIET_MS, 0);
}

static void free_closed(uv_handle_t *handle) {
    folder_watch *w = handle->data;
    if (--w->open == 0)
        free(w);
}

void folder_watch_close(folder_watch *w) {
    if (w == NULL)
        return;
    uv_close((uv_handle_t *)&w->events, free_closed);
    uv_close((uv_handle_t *)&w->quiet, free_closed);
}

static folder_watch *watch_new(loop *l) {
    folder_watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        PANIC("out of memory");
    uv_fs_event_init(loop_uv(l), &w->events);
    uv_timer_init(loop_uv(l), &w->quiet);
    uv_unref((uv_handle_t *)&w->events);
    uv_unref((uv_handle_t *)&w->quiet);
    w->events.data = w;
    w->quiet.data = w;
    w->open = 2;
    return w;
}

err *folder_watch_open(arena *a, loop *l, str path,
                       void (*on_change)(void *argument), void *argument,
                       folder_watch **out) {
    folder_watch *w = watch_new(l);
    w->on_change = on_change;
    w->argument = argument;
    int failure =
        uv_fs_event_start(&w->events, on_event, arena_cstr(a, path), 0);
    if (failure != 0) {
        folder_watch_close(w);
        return err_new(
            a, failure == UV_ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE,
            "%.*s cannot be watched: %s", STR_ARG(path), uv_strerror(failure));
    }
    *out = w;
    return NULL;
}
