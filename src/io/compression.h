/*
 * compression.h: whole texts as gzip and brotli, at the cheap end.
 *
 * libdeflate and brotli's encoder are loaded when the first text is to be
 * compressed: most requests of most servers never are
 * (docs/decisions/0020). One of these belongs to one thread; only
 * compression_run may be called on another.
 */
#ifndef IO_COMPRESSION_H
#define IO_COMPRESSION_H

#include <stdbool.h>

#include <brotli/encode.h>
#include <libdeflate.h>

#include "base/buf.h"

/* RFC 9110 8.4.1 */
typedef enum content_coding {
    CODING_IDENTITY,
    CODING_GZIP,
    CODING_BROTLI,
    CODING_COUNT
} content_coding;

/* Zero is a fresh one. */
typedef struct compression {
    bool is_looked_for[CODING_COUNT];
    bool is_there[CODING_COUNT];
#define X(library, function) __typeof__(function) *(function);
#include "io/compression.def"
#undef X
} compression;

/* Whether texts can have that coding; loads its library when first asked. */
bool compression_has(compression *c, content_coding coding);

/* Appends the compressed text to out, which is empty. False, with nothing
 * appended, when it would not be shorter, or pass out's maximum. */
bool compression_run(const compression *c, content_coding coding, str text,
                     buf *out);

/* "gzip". */
str content_coding_name(content_coding coding);

#endif
