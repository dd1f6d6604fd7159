#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/sanitizer.h"

/* Each chunk is twice as large as the one before it, up to a bound. */
enum {
    CHUNK_SIZE = 16 * 1024,
    MAX_CHUNK_SIZE = 1024 * 1024,
    RED_ZONE = 16, /* under AddressSanitizer only */
};

typedef struct chunk {
    struct chunk *older;
    size_t used;
    size_t size;
    _Alignas(max_align_t) char bytes[];
} chunk;

struct arena {
    chunk *newest;
    size_t held;          /* beyond the first chunk */
    atomic_size_t *meter; /* or NULL */
};

static chunk *chunk_new(size_t payload) {
    chunk *c = NULL;
    if (payload <= SIZE_MAX - sizeof *c)
        c = malloc(sizeof *c + payload);
    if (c == NULL)
        PANIC("out of memory");
    *c = (chunk){.size = payload};
    ASAN_POISON(c->bytes, payload);
    return c;
}

static void chunk_free(chunk *c) {
    ASAN_UNPOISON(c->bytes, c->size);
    free(c);
}

/* The first chunk is kept for good and not counted. */
static chunk *add_chunk(arena *a, size_t at_least) {
    size_t size = a->newest->size * 2;
    if (size > MAX_CHUNK_SIZE)
        size = MAX_CHUNK_SIZE;
    chunk *c = chunk_new(at_least > size ? at_least : size);
    c->older = a->newest;
    a->newest = c;
    a->held += c->size;
    if (a->meter != NULL)
        atomic_fetch_add_explicit(a->meter, c->size, memory_order_relaxed);
    return c;
}

static size_t align_up(size_t n, size_t align) {
    ASSERT((align & (align - 1)) == 0);
    return (n + align - 1) & ~(align - 1);
}

arena *arena_new(void) {
    arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        PANIC("out of memory");
    a->newest = chunk_new(CHUNK_SIZE);
    return a;
}

void arena_meter(arena *a, atomic_size_t *meter) {
    ASSERT(a->newest->older == NULL);
    a->meter = meter;
}

size_t arena_held(const arena *a) {
    return CHUNK_SIZE + a->held;
}

static void free_down_to(arena *a, const chunk *last) {
    while (a->newest != last) {
        chunk *c = a->newest;
        a->newest = c->older;
        if (c->older != NULL)
            a->held -= c->size;
        if (a->meter != NULL && c->older != NULL)
            atomic_fetch_sub_explicit(a->meter, c->size, memory_order_relaxed);
        chunk_free(c);
    }
}

void arena_free(arena *a) {
    if (a == NULL)
        return;
    free_down_to(a, NULL);
    free(a);
}

void arena_release(arena **a) {
    arena_free(*a);
    *a = NULL;
}

void arena_reset(arena *a) {
    chunk *first = a->newest;
    while (first->older != NULL)
        first = first->older;
    arena_rewind(a, (arena_place){first, 0});
}

void *arena_take(arena *a, size_t size, size_t align) {
    chunk *c = a->newest;
    size_t at = align_up(c->used, align);
    if (UNLIKELY(at > c->size || size > c->size - at)) {
        c = add_chunk(a, size);
        at = 0;
    }
    c->used = at + size;
    if (ASAN_IS_ON)
        c->used = c->size - c->used > RED_ZONE ? c->used + RED_ZONE : c->size;
    ASAN_UNPOISON(c->bytes + at, size);
    return c->bytes + at;
}

void *arena_alloc(arena *a, size_t size, size_t align) {
    void *piece = arena_take(a, size, align);
    memset(piece, 0, size);
    return piece;
}

void *arena_alloc_array(arena *a, size_t count, size_t size, size_t align) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        PANIC("array is larger than the address space");
    return arena_alloc(a, total, align);
}

void *arena_grow(arena *a, void *items, size_t count, size_t size) {
    bool is_full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    if (!is_full)
        return items;
    size_t room = count < 4 ? 4 : count * 2;
    void *grown = arena_alloc_array(a, room, size, _Alignof(max_align_t));
    if (count > 0)
        memcpy(grown, items, count * size);
    return grown;
}

arena_place arena_mark(arena *a) {
    return (arena_place){a->newest, a->newest->used};
}

void arena_rewind(arena *a, arena_place place) {
    chunk *c = place.chunk;
    free_down_to(a, c);
    ASSERT(place.used <= c->used);
    ASAN_POISON(c->bytes + place.used, c->size - place.used);
    c->used = place.used;
}

str arena_copy(arena *a, str s) {
    return (str){arena_cstr(a, s), s.len};
}

const char *arena_cstr(arena *a, str s) {
    char *text = arena_take(a, s.len + 1, 1);
    if (s.len > 0)
        memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return text;
}

str arena_printf(arena *a, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str text = arena_vprintf(a, fmt, args);
    va_end(args);
    return text;
}

str arena_vprintf(arena *a, const char *fmt, va_list args) {
    va_list measure;
    va_copy(measure, args);
    int len = vsnprintf(NULL, 0, fmt, measure);
    va_end(measure);
    ASSERT(len >= 0);

    char *text = arena_take(a, (size_t)len + 1, 1);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    return (str){text, (size_t)len};
}
