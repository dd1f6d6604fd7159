#include "io/tick.h"

#include <stdlib.h>

#include <uv.h>

#include "base/assert.h"

struct tick {
    uv_timer_t timer;
    uint64_t every_ms;
    void (*run)(void *argument);
    void *argument;
    bool is_running;
};

static void on_time(uv_timer_t *timer) {
    tick *t = timer->data;
    t->run(t->argument);
}

tick *tick_open(loop *l, int64_t every_ms, void (*run)(void *argument),
                void *argument) {
    ASSERT(every_ms > 0);
    tick *t = calloc(1, sizeof *t);
    if (t == NULL)
        PANIC("out of memory");
    uv_timer_init(loop_uv(l), &t->timer);
    uv_unref((uv_handle_t *)&t->timer);
    t->timer.data = t;
    t->every_ms = (uint64_t)every_ms;
    t->run = run;
    t->argument = argument;
    return t;
}

void tick_start(tick *t) {
    if (t->is_running)
        return;
    t->is_running = true;
    uv_timer_start(&t->timer, on_time, t->every_ms, t->every_ms);
}

void tick_stop(tick *t) {
    t->is_running = false;
    uv_timer_stop(&t->timer);
}

static void free_tick(uv_handle_t *handle) {
    free(handle->data);
}

void tick_close(tick *t) {
    if (t != NULL)
        uv_close((uv_handle_t *)&t->timer, free_tick);
}
