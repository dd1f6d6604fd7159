/*
 * root.h: GET / of a database that is served as it is found.
 *
 * A description of one of its schemas, of what the caller's role may use there
 * or of all, as the settings say; or what a function of the database answers.
 */
#ifndef API_REST_ROOT_H
#define API_REST_ROOT_H

#include "api/rest/rest_request.h"

/* ERR_NO_DESCRIPTION. Suspends. */
fallible root_serve(arena *a, rest_request *r);

/* The same as OpenAPI 3.1, whatever is at the root. Suspends. */
fallible root_serve_openapi(arena *a, rest_request *r);

#endif
