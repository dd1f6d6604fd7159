/* shape.h: the bytes that tell one statement's shape from another's. */
#ifndef DATABASE_SHAPE_H
#define DATABASE_SHAPE_H

#include "base/buf.h"
#include "database/query.h"

/* A number as LEB128: no sequence of numbers is the start of another one's
 * bytes without the reader knowing, because counts come before what they
 * count. Writes at most SHAPE_NUMBER_MAX bytes. */
static inline char *shape_write(char *to, size_t n) {
    for (; n >= 0x80; n >>= 7)
        *to++ = (char)(n | 0x80);
    *to++ = (char)n;
    return to;
}
enum { SHAPE_NUMBER_MAX = 10 };

static inline void shape_put(buf *out, size_t n) {
    char *to = buf_reserve(out, SHAPE_NUMBER_MAX);
    if (LIKELY(to != NULL))
        buf_commit(out, (size_t)(shape_write(to, n) - to));
}

static inline void shape_put_field(buf *out, const field *f) {
    shape_put(out, f->column_index);
}

#endif
