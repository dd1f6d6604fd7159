/*
 * foreign_call.h: which of a found database's functions a request calls, and
 * with what.
 *
 * Several may have the name. The one is called whose required arguments are all
 * given, and nothing that is no argument; by POST, when none is, one of a single
 * argument without a name, which then takes the whole body: json or jsonb of
 * JSON, text of text/plain, xml of text/xml and bytea of any bytes.
 *
 * By GET a parameter is an argument unless it is a word of the dialect or its
 * value begins with an operator: ?n=1 is the argument n, ?n=eq.1 a filter.
 */
#ifndef API_REST_FOREIGN_CALL_H
#define API_REST_FOREIGN_CALL_H

#include "api/rest/rest_request.h"

/* profile is the schema to look in; *rest_of becomes the query string without the
 * arguments. ERR_UNKNOWN_FUNCTION, ERR_AMBIGUOUS_FUNCTION, ERR_BODY. */
fallible foreign_call_choose(arena *a, const rest_request *r, str profile,
                             str name, const function_call **out, str *rest_of);

#endif
