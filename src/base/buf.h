/*
 * buf.h: bytes that grow at the end, up to a stated maximum.
 *
 * Appending cannot fail half way through a reply, so it does not report: past
 * the maximum the bytes are dropped and is_overflown says so once, at the end.
 *
 *     CLEANUP(buf_free) buf out = buf_new(64 * 1024);
 *     buf_append(&out, STR("{\"id\":"));
 *     buf_append_int(&out, 42);
 *
 * A buf owns its memory (malloc), because the buffers that matter live as long
 * as a connection or a worker and are cleared and reused: buf_clear keeps the
 * memory.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

typedef struct buf {
    char *ptr; /* NULL until the first byte */
    size_t len;
    size_t capacity;
    size_t max;
    bool is_overflown;
} buf;

static inline buf buf_new(size_t max) {
    return (buf){.max = max};
}

/* Over memory that somebody else owns, and no larger than that: not to be
 * freed. */
static inline buf buf_over(char *memory, size_t size) {
    return (buf){.ptr = memory, .capacity = size, .max = size};
}

/* Leaves an empty buf with the same maximum. */
void buf_free(buf *b);

/* Empties it and keeps its memory, or gives the memory back if it grew past
 * keep_at_most bytes. */
void buf_clear(buf *b, size_t keep_at_most);

/* buf_reserve when there is no room for more than n bytes. */
char *buf_grow(buf *b, size_t n);

/* Makes room for n more bytes and returns where they go, or NULL if that would
 * pass the maximum (is_overflown is set). Follow with buf_commit. */
static inline char *buf_reserve(buf *b, size_t n) {
    return LIKELY(n < b->capacity - b->len) ? b->ptr + b->len : buf_grow(b, n);
}

static inline void buf_commit(buf *b, size_t n) {
    b->len += n;
}

static inline str buf_str(const buf *b) {
    return (str){b->ptr, b->len};
}

/* Removes the first n bytes. O(len). */
void buf_drop_front(buf *b, size_t n);

static inline void buf_append(buf *b, str s) {
    if (UNLIKELY(s.len == 0)) /* NULL + 0 is undefined before C23 */
        return;
    char *to =
        s.len <= b->capacity - b->len ? b->ptr + b->len : buf_grow(b, s.len);
    if (UNLIKELY(to == NULL))
        return;
    memcpy(to, s.ptr, s.len);
    b->len += s.len;
}

static inline void buf_append_char(buf *b, char c) {
    char *to = b->len < b->capacity ? b->ptr + b->len : buf_grow(b, 1);
    if (UNLIKELY(to == NULL))
        return;
    *to = c;
    b->len++;
}

void buf_append_int(buf *b, int64_t n);
void buf_append_uint(buf *b, uint64_t n);
void buf_printf(buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
