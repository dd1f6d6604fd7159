#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/digits.h"

enum { FIRST_CAPACITY = 256 };

void buf_free(buf *b) {
    free(b->ptr);
    *b = buf_new(b->max);
}

void buf_clear(buf *b, size_t keep_at_most) {
    if (b->capacity > keep_at_most)
        buf_free(b);
    b->len = 0;
    b->is_overflown = false;
}

static size_t grown_capacity(const buf *b, size_t needed) {
    size_t capacity = b->capacity > 0 ? b->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    return capacity < b->max ? capacity : b->max;
}

char *buf_grow(buf *b, size_t n) {
    if (n > b->max - b->len) {
        b->is_overflown = true;
        return NULL;
    }
    if (n > b->capacity - b->len || b->ptr == NULL) {
        size_t capacity = grown_capacity(b, b->len + n);
        char *grown = realloc(b->ptr, capacity > 0 ? capacity : 1);
        if (grown == NULL)
            PANIC("out of memory");
        b->ptr = grown;
        b->capacity = capacity;
    }
    return b->ptr + b->len;
}

void buf_drop_front(buf *b, size_t n) {
    ASSERT(n <= b->len);
    if (n == 0)
        return;
    memmove(b->ptr, b->ptr + n, b->len - n);
    b->len -= n;
}

void buf_append_uint(buf *b, uint64_t n) {
    char digits[DIGITS_MAX];
    buf_append(b, (str){digits, digits_write(n, digits)});
}

void buf_append_int(buf *b, int64_t n) {
    if (n < 0)
        buf_append_char(b, '-');
    buf_append_uint(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void buf_printf(buf *b, const char *fmt, ...) {
    va_list args;
    va_list measure;
    va_start(args, fmt);
    va_copy(measure, args);
    int len = vsnprintf(NULL, 0, fmt, measure);
    va_end(measure);
    ASSERT(len >= 0);
    char *to = buf_reserve(b, (size_t)len + 1);
    if (to != NULL) {
        vsnprintf(to, (size_t)len + 1, fmt, args);
        b->len += (size_t)len;
    }
    va_end(args);
}
