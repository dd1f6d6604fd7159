/*
 * cors.h: what lets a page of another origin use the interfaces
 * (https://fetch.spec.whatwg.org/#http-cors-protocol).
 *
 * Any origin may ask: rights come from a token that the page must hold, never
 * from a cookie the browser adds by itself, so an origin proves nothing. With a
 * list of origins (--cors-origins) only their pages may, and with what their
 * browser adds.
 */
#ifndef API_CORS_H
#define API_CORS_H

#include "core/app.h"
#include "io/http_message.h"

/* On every reply: without an Origin header it adds nothing. */
void cors_apply(const app *application, const http_request *request,
                http_reply *reply);

/* An OPTIONS request that asks for a browser, not for the Allow header. */
bool cors_is_preflight(const http_request *request);
void cors_answer_preflight(const app *application, const http_request *request,
                           http_reply *reply);

#endif
