/*
 * request_origin.h: who changes something by an HTTP request, and from where.
 *
 * The request's id is its X-Request-Id, if that is a short visible text, else
 * the number that the log's lines have. What a client says of itself is cut,
 * and what is no UTF-8 in it is shown as question marks.
 */
#ifndef API_REQUEST_ORIGIN_H
#define API_REQUEST_ORIGIN_H

#include "database/origin.h"
#include "io/http_message.h"

enum {
    REQUEST_ID_MAX_BYTES = 128,
    USER_AGENT_MAX_BYTES = 512,
};

/* In the request's arena, or borrowed from the request. */
change_origin request_origin(const http_request *request);

#endif
