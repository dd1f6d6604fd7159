/*
 * rest_raise.h: an error by which a function of the database says the whole
 * answer.
 *
 *     RAISE SQLSTATE 'PGRST' USING
 *         message = '{"code":"T1","message":"later","hint":"wait"}',
 *         detail = '{"status":429,"headers":{"Retry-After":"9"}}';
 */
#ifndef API_REST_REST_RAISE_H
#define API_REST_REST_RAISE_H

#include "base/err.h"
#include "io/http_message.h"

bool rest_raise_is(const err *e);

/* Gives the reply its status, headers and body. ERR_RAISE when the error is not
 * in that form. */
fallible rest_raise_reply(arena *a, const err *e, http_reply *reply);

#endif
