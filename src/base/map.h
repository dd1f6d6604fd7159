/*
 * map.h: from names to things, in an arena.
 *
 *     map *columns = map_new(a);
 *     map_add(columns, STR("id"), &id_field);
 *     const field *f = map_find(columns, name);
 *
 * Open addressing over a table that is at most three quarters full; the entries
 * themselves lie in the order in which they came. Hashes are made with a random
 * secret of the map, so that nobody can choose names that collide.
 *
 * Keys are borrowed. Nothing is removed. A map that no longer changes may be
 * read by any number of threads.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct map_entry {
    uint64_t hash;
    str key;
    union {
        const void *value;
        void *mutable_value; /* the same, for map_find */
        size_t number;
    };
} map_entry;

typedef struct map {
    arena *a;
    size_t count;
    const map_entry *entries; /* in the order in which they were added */

    /* The rest is private. */
    map_entry *room;
    uint32_t *slots; /* 0: free; else the entry's index + 1 */
    size_t mask;     /* number of slots - 1 */
    uint64_t secret[2];
} map;

/* One system call, for the key: cheap, but not for the inside of a loop. */
map *map_new(arena *a);

/* With the key of another map, and no system call: for one map of many. */
map *map_new_beside(arena *a, const map *other);

/* False, and nothing changed, if the key is there already. */
bool map_add(map *m, str key, const void *value);
bool map_add_number(map *m, str key, size_t number);

/* The value or NULL. Like bsearch, it gives back the pointer without the const
 * that it may have been added with. */
void *map_find(const map *m, str key);

/* False, and *number untouched, if the key is not there. */
bool map_find_number(const map *m, str key, size_t *number);

#endif
