/*
 * range.h: which part of the rows, asked for and answered.
 *
 * limit and offset come from the query string, and on GET a Range header of
 * rows (`Range: 0-9`) narrows them further. The answer is Content-Range, such
 * as `0-9/573`, with a star in place of a total that nobody asked for.
 */
#ifndef API_REST_RANGE_H
#define API_REST_RANGE_H

#include "base/err.h"
#include "io/http_message.h"

/* Narrows *limit and *offset. A Range of another unit, such as bytes, is
 * ignored, as HTTP demands. ERR_RANGE for one that ends before it begins. */
fallible range_apply_header(arena *a, str header, int64_t *limit,
                            int64_t *offset);

enum { RANGE_NO_TOTAL = -1 };

/* Sets the status (200, 206) and Content-Range. ERR_RANGE when the offset lies
 * behind the total. */
fallible range_reply(arena *a, http_reply *reply, int64_t offset, int64_t count,
                     int64_t total);

/* Content-Range alone, for writes. */
void range_write(arena *a, http_reply *reply, int64_t offset, int64_t count,
                 int64_t total);

#endif
