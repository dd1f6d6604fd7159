/*
 * pile.h: lists whose length is known only at their end.
 *
 *     size_t bottom = p->used;
 *     while (read_item(&item))
 *         PILE_PUSH(p, item);
 *     items = PILE_CUT(p, bottom, item_type, &count);
 *
 * A reader of nested lists puts the items of all of them on one pile: when an
 * inner list ends, its items are on top. They are cut off into an array of the
 * arena that is exactly as long as the list, where ARENA_PUSH leaves room for
 * more and its former smaller copies behind. For trees that are large or stay.
 */
#ifndef BASE_PILE_H
#define BASE_PILE_H

#include <stddef.h>

#include "base/arena.h"

typedef struct pile {
    arena *arena;
    char *bytes;
    size_t used;
    size_t room;
} pile;

#define PILE_PUSH(p, item) pile_push((p), &(item), sizeof(item))
void pile_push(pile *p, const void *item, size_t size);

/* What was pushed since p->used was bottom, or NULL when nothing was. */
#define PILE_CUT(p, bottom, type, count)                                       \
    ((type *)pile_cut((p), (bottom), sizeof(type), (count)))
void *pile_cut(pile *p, size_t bottom, size_t size, size_t *count);

#endif
