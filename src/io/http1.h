/*
 * http1.h: the head of an HTTP/1.1 request, from bytes.
 *
 * Sans-I/O: the caller shows what it has from the first byte of the request
 * on, again and with more each time, until the head is whole or refused.
 * Slices point into that data. The answer depends on the bytes only, never on
 * how they were cut into reads: a line is judged when its LF is there, lines
 * are judged in order.
 *
 * Strict where parsers disagree, because a request that two servers frame
 * differently is an attack (RFC 9112 11.2): each line ends in CRLF, no folding,
 * no blank before a colon, one Host, Content-Length or chunked but not both,
 * chunked as the only transfer coding. Whoever sent something else gets its
 * status and the connection is closed; there is no resynchronizing.
 */
#ifndef IO_HTTP1_H
#define IO_HTTP1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/http_limits.h"
#include "io/http_message.h"

typedef enum http1_outcome {
    HTTP1_MORE, /* show more bytes */
    HTTP1_READY,
    HTTP1_REFUSED,
} http1_outcome;

/* What to answer to bytes that are refused. */
typedef struct http1_refusal {
    int status;
    str reason; /* a literal */
} http1_refusal;

typedef struct http1_head {
    http_method method;
    str path;  /* "*" for OPTIONS of the whole server */
    str query; /* empty without a '?' */
    size_t header_count;
    size_t len;              /* in bytes, up to and with the empty line */
    uint64_t content_length; /* 0 if there is none; not over the limit */
    bool is_chunked;
    bool is_http10;
    bool is_kept_alive;
    bool expects_continue;
    size_t authorization; /* the first such header counted from 1; 0: none */
    http1_refusal refusal;
} http1_head;

/* headers has room for limits->header_count. *looked_at is the caller's, zero
 * for a new request: how much of data was seen in vain before, so that a head
 * that comes byte by byte does not cost the square of its length. */
http1_outcome http1_head_parse(str data, size_t *looked_at,
                               const http_limits *limits, http_header *headers,
                               http1_head *out);

#endif
