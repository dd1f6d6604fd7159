/* http_client_request.h: is it a request that http_client.h may send? */
#ifndef IO_HTTP_CLIENT_REQUEST_H
#define IO_HTTP_CLIENT_REQUEST_H

#include "io/http_client.h"

/* All but the URL: the method, and headers that cannot become other headers.
 * ERR_INVALID. */
fallible http_client_request_check(arena *a, const http_client_request *r);

#endif
