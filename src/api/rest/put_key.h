/*
 * put_key.h: the one row that a PUT is about.
 *
 *     PUT /rest/v1/task?id=eq.5   {"id":5,"title":"..."}
 *
 * The address names the row by its whole primary key and nothing else, and the
 * body must be that row: else two clients who mean different rows by one
 * address would overwrite each other's.
 */
#ifndef API_REST_PUT_KEY_H
#define API_REST_PUT_KEY_H

#include "api/rest/payload.h"

/* ERR_PUT_FILTER, ERR_PUT_LIMIT. */
fallible put_key_check_address(arena *a, const rest_request *r);

/* ERR_BODY when it is not one row, ERR_PUT_KEY when it is another. */
fallible put_key_check_body(arena *a, const rest_request *r,
                            const payload *body);

#endif
