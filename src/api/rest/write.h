/*
 * write.h: POST, PATCH, PUT and DELETE of a table.
 *
 * All are one mutation in one transaction, and what the client wants
 * back (return=representation) comes from that same mutation: nothing is read
 * again afterwards.
 */
#ifndef API_REST_WRITE_H
#define API_REST_WRITE_H

#include "api/rest/rest_request.h"

/* All suspend. */
fallible write_serve_insert(arena *a, rest_request *r);
fallible write_serve_update(arena *a, rest_request *r);
fallible write_serve_put(arena *a, rest_request *r);
fallible write_serve_delete(arena *a, rest_request *r);

#endif
