/*
 * http1_reply.h: the head of an HTTP/1.1 reply, as bytes.
 */
#ifndef IO_HTTP1_REPLY_H
#define IO_HTTP1_REPLY_H

#include <stdbool.h>

#include "base/buf.h"
#include "io/http_message.h"

/* How the client finds the end of the body (RFC 9112 6.3). */
typedef enum http1_framing {
    HTTP1_BY_LENGTH,
    HTTP1_BY_CHUNKS,
    HTTP1_BY_CLOSE,
    HTTP1_NO_BODY, /* the status says so: no Content-Length either */
} http1_framing;

typedef struct http1_reply {
    const http_reply *reply;
    http1_framing framing;
    uint64_t body_len; /* BY_LENGTH */
    bool is_last;      /* the connection closes behind it */
    bool is_http10;    /* who expects a close unless told otherwise */
    str date;
} http1_reply;

/* 1xx, 204 and 304 never have one: RFC 9110 6.4.1. */
bool http1_status_has_body(int status);

/* With the empty line. */
void http1_reply_write_head(buf *out, http1_reply r);

/* Around a piece of a chunked body, which must not be empty: an empty chunk is
 * the last one. */
void http1_write_chunk(buf *out, str bytes);
void http1_write_last_chunk(buf *out);

#endif
