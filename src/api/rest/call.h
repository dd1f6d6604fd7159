/*
 * call.h: POST, GET and HEAD of a function, /rest/v1/rpc/<name>.
 *
 * A function that only reads is a read whose rows are its own: filters, order,
 * page and count are those of a table. One that writes is a mutation, and what
 * it gives back a representation of it.
 *
 * A list is an array, of objects or of bare values; one row is an object, one
 * value itself, none of them null; nothing is 204. CSV is a table of all that
 * comes.
 */
#ifndef API_REST_CALL_H
#define API_REST_CALL_H

#include "api/rest/rest_request.h"
#include "schema/function.h"

/* The request knows its tables, nothing else. Suspends. */
fallible call_serve(arena *a, rest_request *r, const function *f);

/* The same of functions that the database has, as it is found or beside the
 * schema's (r->called): which one of that name is meant, the arguments tell
 * (foreign_call.h), in that schema or, if it is empty, in the one that the
 * headers name. What a GET calls cannot write. Suspends. */
fallible call_serve_foreign(arena *a, rest_request *r, str schema_name,
                            str name);

/* By POST, with handling=strict: ERR_MAX_AFFECTED when that many rows are more
 * than max-affected says. */
fallible call_check_count(arena *a, const rest_request *r, int64_t count);

#endif
