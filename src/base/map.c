#include "base/map.h"

#include "base/assert.h"
#include "base/hash.h"
#include "base/rand.h"

enum { FIRST_SLOTS = 8 };

static map *new_without_key(arena *a) {
    map *m = arena_new_array(a, map, 1);
    m->a = a;
    m->slots = arena_new_array(a, uint32_t, FIRST_SLOTS);
    m->mask = FIRST_SLOTS - 1;
    return m;
}

map *map_new_beside(arena *a, const map *other) {
    map *m = new_without_key(a);
    memcpy(m->secret, other->secret, sizeof m->secret);
    return m;
}

map *map_new(arena *a) {
    map *m = new_without_key(a);
    rand_source r = rand_secure();
    m->secret[0] = rand_uint64(&r);
    m->secret[1] = rand_uint64(&r);
    return m;
}

/* The slot that holds the key, or the free one where it would go. */
static size_t slot_of(const map *m, str key, uint64_t hash) {
    size_t i = (size_t)hash & m->mask;
    for (; m->slots[i] != 0; i = (i + 1) & m->mask) {
        const map_entry *e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && str_equal(e->key, key))
            break;
    }
    return i;
}

static void grow(map *m) {
    size_t count = (m->mask + 1) * 2;
    m->slots = arena_new_array(m->a, uint32_t, count);
    m->mask = count - 1;
    for (size_t i = 0; i < m->count; i++) {
        size_t at = slot_of(m, m->entries[i].key, m->entries[i].hash);
        m->slots[at] = (uint32_t)(i + 1);
    }
}

static bool add(map *m, map_entry entry) {
    entry.hash = hash_of(entry.key, m->secret);
    if (m->slots[slot_of(m, entry.key, entry.hash)] != 0)
        return false;
    ASSERT(m->count < UINT32_MAX);
    if ((m->count + 1) * 4 > (m->mask + 1) * 3)
        grow(m);
    size_t at = slot_of(m, entry.key, entry.hash);
    ARENA_PUSH(m->a, m->room, m->count, entry);
    m->entries = m->room;
    m->slots[at] = (uint32_t)m->count;
    return true;
}

bool map_add(map *m, str key, const void *value) {
    return add(m, (map_entry){.key = key, .value = value});
}

bool map_add_number(map *m, str key, size_t number) {
    return add(m, (map_entry){.key = key, .number = number});
}

static const map_entry *find(const map *m, str key) {
    uint32_t slot = m->slots[slot_of(m, key, hash_of(key, m->secret))];
    return slot != 0 ? &m->entries[slot - 1] : NULL;
}

void *map_find(const map *m, str key) {
    const map_entry *e = find(m, key);
    return e != NULL ? e->mutable_value : NULL;
}

bool map_find_number(const map *m, str key, size_t *number) {
    const map_entry *e = find(m, key);
    if (e != NULL)
        *number = e->number;
    return e != NULL;
}
