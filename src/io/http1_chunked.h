/*
 * http1_chunked.h: a body that comes in chunks (RFC 9112 7.1), taken apart.
 *
 * A state machine over bytes, so that where reads cut the body cannot matter.
 * Extensions and trailers are checked and dropped: nobody here understands one,
 * and a trailer that became a header would be a way around the checks of the
 * head. One that would have framed the message is refused, since others may
 * believe it (RFC 9110 6.5.1).
 */
#ifndef IO_HTTP1_CHUNKED_H
#define IO_HTTP1_CHUNKED_H

#include "io/http1.h"

enum { HTTP1_LONGEST_FORBIDDEN = sizeof "transfer-encoding" - 1 };

/* Zero-initialize for a new body. */
typedef struct http1_chunked {
    uint64_t chunk_left;
    uint64_t body_len;  /* so far, with all of the current chunk */
    uint32_t extra_len; /* extensions and trailers so far */
    uint8_t state;
    uint8_t digits;
    uint8_t name_len; /* of the trailer, up to one past the longest */
    char name[HTTP1_LONGEST_FORBIDDEN + 1];
    http1_refusal refusal;
} http1_chunked;

/* Takes from *raw what belongs to the body and moves the bytes of its chunks to
 * *to, which advances. *to may lie before raw in the same buffer. When READY,
 * *raw is what follows the body. */
http1_outcome http1_chunked_read(http1_chunked *c, str *raw, char **to,
                                 uint64_t body_limit);

#endif
