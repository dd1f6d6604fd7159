#include "database/sqlite/lite_memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"

enum {
    STEP = 64, /* from one size to the next */
    LISTS = LITE_MEMORY_LARGEST / STEP,
};

/* What stands before each piece. The list runs through the pieces themselves:
 * nobody else has them. */
typedef struct piece {
    size_t capacity;      /* a multiple of STEP */
    struct piece *next[]; /* of a kept one; else SQLite's bytes begin here */
} piece;

typedef struct kept {
    piece *of_size[LISTS];
    size_t room; /* bytes that may still be kept; 0 before the first is */
    bool is_open;
} kept;

static _Thread_local kept mine;

/* Made once, before SQLite allocates anything, and never changed. Its value in
 * a thread only makes the thread's end known. */
static pthread_key_t thread_end;

static piece *piece_of(void *bytes) {
    return CONTAINER_OF(bytes, piece, next);
}

static size_t capacity_for(int size) {
    return ((size_t)size + STEP - 1) & ~(size_t)(STEP - 1);
}

/* Which list; of none that is kept, a number too large. */
static size_t list_for(size_t capacity) {
    return capacity / STEP - 1;
}

static NOINLINE void *take_new(size_t capacity) {
    piece *p = malloc(sizeof *p + capacity);
    if (p == NULL)
        return NULL;
    p->capacity = capacity;
    return p->next;
}

static void *take(int size) {
    kept *k = &mine;
    size_t capacity = capacity_for(size);
    size_t list = list_for(capacity);
    if (UNLIKELY(list >= LISTS) || k->of_size[list] == NULL)
        return take_new(capacity);
    piece *p = k->of_size[list];
    k->of_size[list] = p->next[0];
    k->room += capacity;
    return p->next;
}

static void keep(kept *k, piece *p) {
    piece **list = &k->of_size[list_for(p->capacity)];
    p->next[0] = *list;
    *list = p;
    k->room -= p->capacity;
}

/* The first one opens what its thread keeps; a thread that has ended keeps
 * nothing any more. */
static NOINLINE void give_first_or_last(piece *p) {
    kept *k = &mine;
    bool can_open = !k->is_open && pthread_setspecific(thread_end, k) == 0;
    if (can_open) {
        k->is_open = true;
        k->room = LITE_MEMORY_KEPT_BYTES;
    }
    if (can_open && list_for(p->capacity) < LISTS)
        keep(k, p);
    else
        free(p);
}

static void close_kept(void *ended) {
    kept *k = ended;
    k->room = 0;
    for (size_t i = 0; i < LISTS; i++) {
        while (k->of_size[i] != NULL) {
            piece *p = k->of_size[i];
            k->of_size[i] = p->next[0];
            free(p);
        }
    }
}

static void give(void *bytes) {
    if (bytes == NULL)
        return;
    kept *k = &mine;
    piece *p = piece_of(bytes);
    if (UNLIKELY(p->capacity > k->room || list_for(p->capacity) >= LISTS))
        give_first_or_last(p);
    else
        keep(k, p);
}

static void *resize_large(piece *p, size_t capacity) {
    piece *moved = realloc(p, sizeof *p + capacity);
    if (moved == NULL)
        return NULL;
    moved->capacity = capacity;
    return moved->next;
}

static void *resize(void *bytes, int size) {
    piece *p = piece_of(bytes);
    size_t before = p->capacity;
    size_t capacity = capacity_for(size);
    if (capacity == before)
        return bytes;
    if (before > LITE_MEMORY_LARGEST && capacity > LITE_MEMORY_LARGEST)
        return resize_large(p, capacity);
    void *moved = take(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, bytes, before < capacity ? before : capacity);
    give(bytes);
    return moved;
}

static int size_of(void *bytes) {
    return bytes == NULL ? 0 : (int)piece_of(bytes)->capacity;
}

static int round_up(int size) {
    return (int)capacity_for(size);
}

static int begin(void *unused) {
    (void)unused;
    return pthread_key_create(&thread_end, close_kept) == 0 ? SQLITE_OK
                                                            : SQLITE_NOMEM;
}

static void end(void *unused) {
    (void)unused;
    (void)pthread_key_delete(thread_end);
}

const sqlite3_mem_methods *lite_memory_methods(void) {
    static const sqlite3_mem_methods METHODS = {
        .xMalloc = take,
        .xFree = give,
        .xRealloc = resize,
        .xSize = size_of,
        .xRoundup = round_up,
        .xInit = begin,
        .xShutdown = end,
    };
    return &METHODS;
}
