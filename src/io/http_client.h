/*
 * http_client.h: requests that go out, to where somebody else says: what hooks
 * ask, webhooks.
 *
 * There is one client for the process and it is the only way out, so that its
 * rules hold for all:
 *
 *   - https only, ports 443 and 8443, to addresses that are public
 *     (address_range.h), asked of the address that the socket is about to
 *     connect to. A name that leads elsewhere the second time gains nothing.
 *   - what the settings allow beside that, ranges of internal addresses, also
 *     with http and on other ports
 *   - redirects are not followed: the answer is the redirect
 *   - no proxy of the environment, no cookies, no .netrc, no password in a URL
 *   - a limit for the time and one for the bytes of an answer
 *
 * libcurl does the work, on threads of the client's, and keeps connections.
 */
#ifndef IO_HTTP_CLIENT_H
#define IO_HTTP_CLIENT_H

#include "base/err.h"
#include "io/address_range.h"

enum {
    HTTP_CLIENT_THREADS = 4,
    HTTP_CLIENT_QUEUE = 256, /* requests that may wait for one */
    HTTP_CLIENT_HEADER_BYTES = 64 * 1024,
};

typedef struct http_client_config {
    const address_range *allowed; /* beside public ones */
    size_t allowed_count;
    str authorities; /* a PEM file of who is trusted; empty: the system's */
} http_client_config;

typedef struct http_client_header {
    str name;
    str value;
} http_client_header;

typedef struct http_client_request {
    str method; /* upper case: GET */
    str url;
    const http_client_header *headers;
    size_t header_count;
    str body;
    int64_t timeout_ms; /* for all of it, waiting for a thread left out */
    size_t most_bytes;  /* of the answer's body */
} http_client_request;

typedef struct http_client_answer {
    int status;
    const http_client_header *headers; /* names in lower case */
    size_t header_count;
    str body;
} http_client_answer;

typedef struct http_client http_client;

/* Costs nothing until the first request, which loads libcurl and starts the
 * threads. The config must outlive the client. */
http_client *http_client_new(arena *a, const http_client_config *config);

/* No request may be under way. NULL is fine. */
void http_client_free(http_client *c);

/* Any status is an answer. ERR_INVALID for a request that is none, ERR_DENIED
 * for a target that is not allowed, ERR_TIMEOUT, ERR_TOO_LARGE, ERR_UNAVAILABLE
 * when there is no answer: their texts name the host, and are for whoever runs
 * the server, since they tell what is behind a name. The answer lives in a.
 * Suspends. */
fallible http_client_send(http_client *c, arena *a,
                          const http_client_request *request,
                          http_client_answer *out);

#endif
