#include "base/pile.h"

#include "base/assert.h"

enum { FIRST_ROOM = 4096 };

static void grow(pile *p, size_t at_least) {
    size_t room = p->room > 0 ? p->room * 2 : FIRST_ROOM;
    while (room < at_least)
        room *= 2;
    char *bytes = arena_take(p->arena, room, _Alignof(max_align_t));
    if (p->used > 0)
        memcpy(bytes, p->bytes, p->used);
    p->bytes = bytes;
    p->room = room;
}

void pile_push(pile *p, const void *item, size_t size) {
    if (UNLIKELY(size > p->room - p->used))
        grow(p, p->used + size);
    memcpy(p->bytes + p->used, item, size);
    p->used += size;
}

void *pile_cut(pile *p, size_t bottom, size_t size, size_t *count) {
    ASSERT(bottom <= p->used && (p->used - bottom) % size == 0);
    size_t taken = p->used - bottom;
    *count = taken / size;
    p->used = bottom;
    if (taken == 0)
        return NULL;
    void *items = arena_take(p->arena, taken, _Alignof(max_align_t));
    return memcpy(items, p->bytes + bottom, taken);
}
