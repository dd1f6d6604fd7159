/*
 * payload_text.h: bodies whose values are text: CSV and forms.
 *
 *     id,title          the names, then a row a line; NULL without quotes is
 *     1,"Fix, ship"     null, an empty cell is empty text
 *
 *     id=1&title=Fix    one row
 *
 * A value is read as it would be in a filter: t or true, {a,b} for a list.
 */
#ifndef API_REST_PAYLOAD_TEXT_H
#define API_REST_PAYLOAD_TEXT_H

#include "api/rest/payload.h"

/* As payload_read. */
fallible payload_read_csv(arena *a, const rest_request *r, payload *out);
fallible payload_read_form(arena *a, const rest_request *r, payload *out);

#endif
