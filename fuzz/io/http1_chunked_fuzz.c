/*
 * A chunked body gives the same bytes and the same end whether it comes whole
 * or byte by byte, and is never longer than what came in.
 */
#include "io/http1_chunked.h"

#include <stdlib.h>

#include "base/assert.h"

enum { BODY_LIMIT = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct result {
    http1_outcome outcome;
    int status;
    size_t used;
    size_t len;
} result;

/* Decodes in place, step bytes at a time. */
static result decode(char *bytes, size_t size, size_t step) {
    http1_chunked c = {0};
    result r = {.outcome = HTTP1_MORE};
    char *to = bytes;
    while (r.outcome == HTTP1_MORE && r.used < size) {
        size_t n = size - r.used < step ? size - r.used : step;
        str raw = {bytes + r.used, n};
        r.outcome = http1_chunked_read(&c, &raw, &to, BODY_LIMIT);
        r.used += n - raw.len;
    }
    r.status = c.refusal.status;
    r.len = (size_t)(to - bytes);
    ASSERT(r.len <= r.used && r.len <= BODY_LIMIT);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    char *whole = malloc(size);
    char *pieces = malloc(size);
    ASSERT(whole != NULL && pieces != NULL);
    memcpy(whole, data, size);
    memcpy(pieces, data, size);
    result a = decode(whole, size, size);
    result b = decode(pieces, size, 1);
    ASSERT(a.outcome == b.outcome && a.status == b.status);
    ASSERT(a.used == b.used && a.len == b.len);
    ASSERT(memcmp(whole, pieces, a.len) == 0);
    free(whole);
    free(pieces);
    return 0;
}
