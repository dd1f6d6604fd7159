/*
 * content_location.h: the address of just what a read answered.
 *
 *     Content-Location: /rest/v1/task?limit=5&status=eq.OPEN
 *
 * The parameters stand in one order, whatever the client wrote them in, so
 * that who keeps answers keeps one of each. A long address is not repeated:
 * clients bound the head of a reply, and a filter may name thousands of rows.
 */
#ifndef API_REST_CONTENT_LOCATION_H
#define API_REST_CONTENT_LOCATION_H

#include "io/http_message.h"

void content_location_add(arena *a, const http_request *http,
                          http_reply *reply);

#endif
