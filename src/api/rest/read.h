/* read.h: GET and HEAD of a table. */
#ifndef API_REST_READ_H
#define API_REST_READ_H

#include "api/rest/rest_request.h"

/* Suspends. */
fallible read_serve(arena *a, rest_request *r);

#endif
