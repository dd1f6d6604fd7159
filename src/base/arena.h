/*
 * arena.h: memory that is given back all at once.
 *
 * A request, a connection and the loaded schema each own one arena. A function
 * that takes an arena may allocate from it; a function that does not take one
 * does not allocate. Nothing is freed piece by piece.
 *
 * Under AddressSanitizer, memory that was rewound or reset is poisoned and
 * pieces are kept apart by a red zone.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

typedef struct arena arena;

arena *arena_new(void) RETURNS_NONNULL;

/* Adds what a takes beyond its first chunk to *meter, and subtracts it again
 * when it is given back. a must be empty; *meter must outlive it, and may count
 * for many arenas on several threads. */
void arena_meter(arena *a, atomic_size_t *meter);

/* The bytes that it has taken of the machine by now. */
size_t arena_held(const arena *a);

/* NULL is fine. */
void arena_free(arena *a);

/* For CLEANUP(arena_release) arena *a = arena_new(); */
void arena_release(arena **a);

/* Gives everything back and keeps the first chunk (16 KiB) for reuse. */
void arena_reset(arena *a);

/* Zeroed memory. Never NULL: when the machine is out of memory the process
 * stops, because no request can be answered honestly from there. Limits on
 * what a client may make us allocate are kept where its bytes come in. */
void *arena_alloc(arena *a, size_t size, size_t align) RETURNS_NONNULL;

/* Not zeroed: for bytes that are overwritten at once. */
void *arena_take(arena *a, size_t size, size_t align) RETURNS_NONNULL;

#define arena_new_array(a, type, count)                                        \
    ((type *)arena_alloc_array((a), (count), sizeof(type), _Alignof(type)))
void *arena_alloc_array(arena *a, size_t count, size_t size, size_t align)
    RETURNS_NONNULL;

/* A copy of *items with room for at least one more: what a growing list in an
 * arena calls when count reaches a power of two. Amortized O(1) an item.
 *
 *     ARENA_PUSH(a, list->items, list->count, item);
 */
#define ARENA_PUSH(a, items, count, item)                                      \
    do {                                                                       \
        (items) = arena_grow((a), (items), (count), sizeof *(items));          \
        (items)[(count)++] = (item);                                           \
    } while (0)
void *arena_grow(arena *a, void *items, size_t count, size_t size)
    RETURNS_NONNULL;

/* A place in the arena to go back to; what was allocated since is gone. Marks
 * nest. Never rewind an arena you were given past where you got it. */
typedef struct arena_place {
    void *chunk;
    size_t used;
} arena_place;
arena_place arena_mark(arena *a);
void arena_rewind(arena *a, arena_place place);

/* A copy that ends in NUL (not counted in len). */
str arena_copy(arena *a, str s);

/* The NUL-terminated form that libc and SQLite want. */
const char *arena_cstr(arena *a, str s) RETURNS_NONNULL;

str arena_printf(arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
str arena_vprintf(arena *a, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

#endif
