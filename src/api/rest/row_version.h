/*
 * row_version.h: the version of one row, for who changes it only as it was
 * read (RFC 9110 13.1.1).
 *
 *     GET   /rest/v1/task?id=eq.5      Accept: application/vnd.pgrst.object+json
 *           ETag: "c0ffee..."
 *     PATCH /rest/v1/task?id=eq.5      If-Match: "c0ffee..."
 *
 * It is a hash of the row as the client's select shows it, so that every model
 * has one and a read pays for no column it did not ask for. It is a strong tag:
 * the weak ones, of whole answers, are for caches.
 */
#ifndef API_REST_ROW_VERSION_H
#define API_REST_ROW_VERSION_H

#include "api/rest/rest_request.h"
#include "database/mutation.h"

/* Whether rows so selected have one: they do when they are plain columns. */
bool row_version_exists(const selection *s);

/* Of a row as row_json writes it, nulls included: an entity tag. */
str row_version_of(arena *a, str row);

/* Is it, or a star, in a list such as If-Match has? */
bool row_version_is_in(str list, str version);

/* With If-Match in the request, a look at the one row that the filter finds,
 * to be run before the change in one transaction; else leaves *out as it is.
 * ERR_INVALID where there is no such row to look at. */
fallible row_version_expect(arena *a, const rest_request *r, bool *has_look,
                            mutation *out);

/* What a look that found no row, or more than one, means. */
err *row_version_explain(arena *a, err *e);

#endif
