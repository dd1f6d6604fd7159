/*
 * idempotency_key.h: the value of the header Idempotency-Key.
 *
 *     "8e03978e-40d5-43dd-bc93-6894a57f9324"
 *     8e03978e-40d5-43dd-bc93-6894a57f9324
 *
 * A string of RFC 8941, as the draft for the header says
 * (draft-ietf-httpapi-idempotency-key-header-06, section 2.1), or without its
 * quotes, as most clients send it: both are the same key. It is 1 to
 * IDEMPOTENCY_KEY_MAX visible characters of ASCII.
 */
#ifndef API_REST_IDEMPOTENCY_KEY_H
#define API_REST_IDEMPOTENCY_KEY_H

#include "base/err.h"

enum { IDEMPOTENCY_KEY_MAX = 255 };

/* ERR_INVALID. */
fallible idempotency_key_parse(arena *a, str text, str *out);

#endif
