#include "io/fiber_pool.h"

#include <stdlib.h>

#include "base/assert.h"
#include "io/stack.h"

enum {
    /* Idle stacks that are always kept: at 8 to 16 KiB touched, a megabyte. */
    KEPT_IDLE = 64,
    LOOK_EVERY_MS = 250,
};

/* The fiber itself takes the top of its stack. */
enum { FIBER_ROOM = (sizeof(fiber) + 63) / 64 * 64 };
_Static_assert(FIBER_ROOM < STACK_SIZE / 64, "a fiber leaves room to stand");

fiber_pool *fiber_pool_new(loop *l) {
    fiber_pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        PANIC("out of memory");
    p->loop = l;
    p->limit = FIBER_DEFAULT_LIMIT;
    return p;
}

static fiber *map_fiber(fiber_pool *p) {
    char *stack = p->mapped_count < p->limit ? stack_map() : NULL;
    if (stack == NULL)
        return NULL;
    size_t room = STACK_SIZE - FIBER_ROOM;
    fiber *f = (fiber *)(void *)(stack + room);
    *f = (fiber){.pool = p, .stack = stack, .next_mapped = p->mapped};
    context_init(&f->own, stack, room, fiber_run, f);
    uv_timer_init(loop_uv(p->loop), &f->timer);
    f->timer.data = f;

    if (p->mapped != NULL)
        p->mapped->previous_mapped = f;
    p->mapped = f;
    p->mapped_count++;
    return f;
}

static void unlink_mapped(fiber_pool *p, const fiber *f) {
    if (f->previous_mapped != NULL)
        f->previous_mapped->next_mapped = f->next_mapped;
    else
        p->mapped = f->next_mapped;
    if (f->next_mapped != NULL)
        f->next_mapped->previous_mapped = f->previous_mapped;
    p->mapped_count--;
}

static void unmap_closed(uv_handle_t *timer) {
    stack_unmap(((fiber *)timer->data)->stack);
}

static void unmap_fiber(fiber_pool *p, fiber *f) {
    unlink_mapped(p, f);
    fiber *here = fiber_current();
    context_destroy(here != NULL ? &here->own : &p->home, &f->own);
    uv_close((uv_handle_t *)&f->timer, unmap_closed);
}

static fiber *pop_idle(fiber_pool *p) {
    fiber *f = p->idle;
    if (f == NULL)
        return NULL;
    p->idle = f->next_idle;
    p->idle_count--;
    if (p->idle_count < p->least_idle)
        p->least_idle = p->idle_count;
    return f;
}

fiber *fiber_pool_take(fiber_pool *p) {
    fiber *f = pop_idle(p);
    return LIKELY(f != NULL) ? f : map_fiber(p);
}

static void look_for_surplus(fiber_pool *p) {
    int64_t now = loop_now(p->loop);
    if (LIKELY(now - p->looked_at_ms < LOOK_EVERY_MS))
        return;
    p->surplus = p->least_idle > KEPT_IDLE ? p->least_idle - KEPT_IDLE : 0;
    p->least_idle = p->idle_count;
    p->looked_at_ms = now;
}

void fiber_pool_put(fiber_pool *p, fiber *f) {
    look_for_surplus(p);
    if (UNLIKELY(p->surplus > 0)) {
        p->surplus--;
        fiber *unused = pop_idle(p);
        if (unused != NULL)
            unmap_fiber(p, unused);
    }
    f->next_idle = p->idle;
    p->idle = f;
    p->idle_count++;
}

void fiber_pool_close(fiber_pool *p) {
    ASSERT(p->idle_count == p->mapped_count);
    while (p->idle != NULL)
        unmap_fiber(p, pop_idle(p));
}

void fiber_pool_free(fiber_pool *p) {
    free(p);
}
