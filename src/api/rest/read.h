/* read.h: GET and HEAD of a table. */
#ifndef API_REST_READ_H
#define API_REST_READ_H

#include "api/rest/rest_request.h"

/* Suspends. */
fallible read_serve(arena *a, rest_request *r);

/* What a client that wants one row is told: ERR_NOT_SINGULAR. */
fallible read_refuse_count(arena *a, int64_t count);

#endif
