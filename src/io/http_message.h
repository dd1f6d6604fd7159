/*
 * http_message.h: a request and its reply, whatever version of HTTP carries
 * them.
 *
 * All of a request's text is borrowed from the connection and valid until the
 * reply has been handed back; the arena is the request's own and is reset after
 * it.
 */
#ifndef IO_HTTP_MESSAGE_H
#define IO_HTTP_MESSAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "io/loop.h"

typedef enum http_method {
    HTTP_GET,
    HTTP_HEAD, /* never seen by a service: see http_service */
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER_METHOD, /* well-formed, not one of ours */
} http_method;

typedef struct http_header {
    str name; /* as received; compare ignoring case */
    str value;
} http_header;

typedef struct http_request {
    http_method method;
    str path;  /* as received, still percent-encoded, without the query */
    str query; /* behind the first '?', still percent-encoded; printable ASCII
                  but '#', and a '%' may stand alone */
    const http_header *headers;
    size_t header_count;
    str authorization; /* the header, as http_request_header gives it */
    str body;          /* complete, de-chunked */
    str peer;          /* "127.0.0.1:50000" */
    /* A number that the handler may keep with the connection, for the requests
     * that come on it later; 0 at first. NULL: nobody keeps it. */
    uint64_t *kept;
    uint64_t id; /* unique in the process; in each log line */
    arena *arena;
    loop *loop;
    deadline deadline; /* for all that the handler waits for */
} http_request;

/* The value of the first header of that name, or an empty str with a NULL
 * ptr. Names are compared ignoring case. */
str http_request_header(const http_request *r, str name);

typedef struct http_stream http_stream; /* the connection's end of a reply */

typedef struct http_reply_header {
    str name;
    str value;
} http_reply_header;

enum { HTTP_MAX_REPLY_HEADERS = 24 };

/* A handler fills this in. Content-Length, Date and Connection are the
 * server's to write. Header names are literals; values must not hold CR, LF or
 * NUL: http_reply_add asserts it. */
typedef struct http_reply {
    int status;
    str content_type; /* empty: no such header */
    http_reply_header headers[HTTP_MAX_REPLY_HEADERS];
    size_t header_count;
    buf *body;           /* the worker's, empty when the handler starts */
    http_stream *stream; /* the server's; NULL where nobody can stream */
} http_reply;

/* name is a literal; value must live until the reply was sent: a literal or in
 * the request's arena. */
void http_reply_add(http_reply *reply, str name, str value);

/* Streaming, for replies that are too large for memory or not yet known:
 * begin sends status and headers, write sends some of the body, end completes
 * it; reply->body is not used. A serve that returns between begin and end
 * breaks the connection off, so that no client takes a part for the whole.
 *
 * What was written leaves at the end of the turn at the latest. write suspends
 * while the client does not keep up; ERR_CANCELLED when it is gone. */
fallible http_reply_begin(arena *a, http_reply *reply);
fallible http_reply_write(arena *a, http_reply *reply, str bytes);
fallible http_reply_end(arena *a, http_reply *reply);

/* "Not Found"; standard phrases, because clients assert on them. */
str http_status_phrase(int status);

/* What whoever carries the reply does for it. */
struct http_stream {
    err *(*begin)(arena *a, http_stream *s, const http_reply *reply);
    err *(*write)(arena *a, http_stream *s, str bytes);
    err *(*end)(arena *a, http_stream *s);
};

/* Who answers requests. Embed it at the head of your own struct. serve runs in
 * a fiber of its own and always leaves a complete reply.
 *
 * A HEAD request arrives as GET: the server sends the reply's head and drops
 * its body. The fiber is cancelled when the client has gone or sends no more;
 * who has gone half way (shutdown of its sending side) still gets the reply,
 * which says so if the handler was waiting and was cancelled. */
typedef struct http_service http_service;
struct http_service {
    void (*serve)(http_service *service, const http_request *request,
                  http_reply *reply);
};

#endif
