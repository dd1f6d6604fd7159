/* shape.h: the bytes that tell one statement's shape from another's. */
#ifndef DATABASE_SHAPE_H
#define DATABASE_SHAPE_H

#include "base/buf.h"
#include "database/query.h"

/* A number as LEB128: no sequence of numbers is the start of another one's
 * bytes without the reader knowing, because counts come before what they
 * count. */
static inline void shape_put(buf *out, size_t n) {
    for (; n >= 0x80; n >>= 7)
        buf_append_char(out, (char)(n | 0x80));
    buf_append_char(out, (char)n);
}

static inline void shape_put_field(buf *out, const field *f) {
    shape_put(out, f->column_index);
}

#endif
