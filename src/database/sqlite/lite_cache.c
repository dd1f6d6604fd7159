#include "database/sqlite/lite_cache.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/hash.h"

enum { SLOTS = 2 * LITE_CACHE_SIZE }; /* a power of two */

typedef struct lite_entry {
    uint64_t hash;
    char *shape;
    size_t shape_len;
    sqlite3_stmt *statement;
    size_t bytes;
    bool is_in_use;
    void *note;              /* or NULL */
    struct lite_entry *next; /* of the same slot */
    struct lite_entry *newer;
    struct lite_entry *older;
} lite_entry;

struct lite_cache {
    lite_entry *slots[SLOTS];
    lite_entry *newest;
    lite_entry *oldest;
    size_t count;
    size_t bytes;
};

/* No secret: the worst that shapes chosen to collide can do is to make each
 * other's search pass LITE_CACHE_SIZE entries. */
static uint64_t shape_hash(str shape) {
    static const uint64_t NO_SECRET[2];
    return hash_of(shape, NO_SECRET);
}

/* ---- By age ------------------------------------------------------------- */

static void unlink_entry(lite_cache *c, lite_entry *e) {
    *(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
    *(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(lite_cache *c, lite_entry *e) {
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

/* ---- By shape ----------------------------------------------------------- */

static lite_entry **slot_of(lite_cache *c, uint64_t hash) {
    return &c->slots[hash & (SLOTS - 1)];
}

static lite_entry *find(lite_cache *c, str shape, uint64_t hash) {
    lite_entry *e = *slot_of(c, hash);
    while (e != NULL && !(e->hash == hash &&
                          str_equal((str){e->shape, e->shape_len}, shape)))
        e = e->next;
    return e;
}

static void remove_entry(lite_cache *c, lite_entry *e) {
    lite_entry **at = slot_of(c, e->hash);
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    unlink_entry(c, e);
    c->bytes -= e->bytes;
    sqlite3_finalize(e->statement);
    free(e->note);
    free(e->shape);
    free(e);
    c->count--;
}

static void make_room(lite_cache *c, size_t bytes) {
    lite_entry *e = c->oldest;
    while (e != NULL && (c->count >= LITE_CACHE_SIZE ||
                         c->bytes + bytes > LITE_CACHE_BYTES)) {
        lite_entry *newer = e->newer;
        if (!e->is_in_use)
            remove_entry(c, e);
        e = newer;
    }
}

/* ---- Life --------------------------------------------------------------- */

static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL)
        PANIC("out of memory");
    return memory;
}

lite_cache *lite_cache_new(void) {
    return allocate(sizeof(lite_cache));
}

void lite_cache_free(lite_cache *c) {
    while (c->oldest != NULL) {
        ASSERT(!c->oldest->is_in_use);
        remove_entry(c, c->oldest);
    }
    free(c);
}

bool lite_cache_take(lite_cache *c, str shape, lite_cached *out) {
    lite_entry *e = find(c, shape, shape_hash(shape));
    if (e == NULL || e->is_in_use)
        return false;
    e->is_in_use = true;
    if (e != c->newest) {
        unlink_entry(c, e);
        link_newest(c, e);
    }
    *out = (lite_cached){e->statement, e};
    return true;
}

bool lite_cache_has(lite_cache *c, str shape) {
    return find(c, shape, shape_hash(shape)) != NULL;
}

lite_cached lite_cache_add(lite_cache *c, str shape, sqlite3_stmt *statement) {
    uint64_t hash = shape_hash(shape);
    size_t bytes = shape.len + (size_t)sqlite3_stmt_status(
                                   statement, SQLITE_STMTSTATUS_MEMUSED, 0);
    if (bytes > LITE_CACHE_LARGE_BYTES || find(c, shape, hash) != NULL)
        return (lite_cached){statement, NULL};
    make_room(c, bytes);
    lite_entry *e = allocate(sizeof *e);
    *e = (lite_entry){.hash = hash,
                      .shape = allocate(shape.len + 1),
                      .shape_len = shape.len,
                      .statement = statement,
                      .bytes = bytes,
                      .is_in_use = true,
                      .next = *slot_of(c, hash)};
    memcpy(e->shape, shape.ptr, shape.len);
    *slot_of(c, hash) = e;
    link_newest(c, e);
    c->count++;
    c->bytes += bytes;
    return (lite_cached){statement, e};
}

void lite_cache_note(lite_cached used, const void *bytes, size_t size) {
    lite_entry *e = used.entry;
    if (e == NULL || e->note != NULL)
        return;
    e->note = allocate(size);
    memcpy(e->note, bytes, size);
}

const void *lite_cache_noted(lite_cached used) {
    return used.entry != NULL ? used.entry->note : NULL;
}

void lite_cache_put(lite_cached used) {
    if (used.entry == NULL) {
        sqlite3_finalize(used.statement);
        return;
    }
    (void)sqlite3_reset(used.statement);
    used.entry->is_in_use = false;
}
