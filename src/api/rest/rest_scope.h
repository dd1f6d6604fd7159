/*
 * rest_scope.h: a request's scope in a database that decides by itself
 * (core/impersonation.h), and what it says back.
 *
 * What runs in it can read
 *
 *     current_setting('request.jwt.claims', true)::json ->> 'sub'
 *
 * and request.method, request.path, request.headers and request.cookies, the
 * latter two JSON objects; and it can set response.status, and response.headers
 * to a JSON list of objects of one header each.
 */
#ifndef API_REST_REST_SCOPE_H
#define API_REST_REST_SCOPE_H

#include "api/rest/rest_request.h"
#include "core/impersonation.h"

/* Where rights are the database's, gives r->caller its scope. The errors of
 * impersonation_of. */
fallible rest_scope_open(arena *a, rest_request *r, bearer *out);

/* Nothing can be written in it, as in that of a GET or a HEAD. */
void rest_scope_make_read_only(arena *a, rest_request *r);

/* A header that the database asks for; false when there may be no such one. */
bool rest_scope_add_header(http_reply *reply, str name, str text);

/* After it has run well. ERR_GUC_HEADERS, ERR_GUC_STATUS. */
fallible rest_scope_answer(arena *a, const rest_request *r);

#endif
