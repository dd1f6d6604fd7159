/*
 * preference.h: the Prefer header (RFC 7240) and what it says back.
 *
 * The first preference of a kind wins; unknown ones are ignored, or refused
 * under handling=strict.
 */
#ifndef API_REST_PREFERENCE_H
#define API_REST_PREFERENCE_H

#include "base/err.h"
#include "io/http_message.h"

typedef enum prefer_return {
    RETURN_UNSAID, /* minimal, but not applied */
    RETURN_MINIMAL,
    RETURN_REPRESENTATION,
    RETURN_HEADERS_ONLY,
} prefer_return;

typedef enum prefer_count {
    COUNT_UNSAID,
    COUNT_EXACT,
    COUNT_PLANNED,
    COUNT_ESTIMATED,
} prefer_count;

typedef enum prefer_resolution {
    RESOLUTION_UNSAID,
    RESOLUTION_MERGE,
    RESOLUTION_IGNORE,
} prefer_resolution;

typedef enum prefer_missing {
    MISSING_UNSAID, /* null */
    MISSING_DEFAULT,
    MISSING_NULL,
} prefer_missing;

typedef enum prefer_tx {
    PREFER_TX_UNSAID,
    PREFER_TX_COMMIT,
    PREFER_TX_ROLLBACK,
} prefer_tx;

typedef enum prefer_deleted {
    PREFER_DELETED_UNSAID,
    PREFER_DELETED_INCLUDE,
    PREFER_DELETED_ONLY,
} prefer_deleted;

typedef struct preferences {
    prefer_return returns;
    prefer_count count;
    prefer_resolution resolution;
    prefer_missing missing;
    prefer_tx tx;
    prefer_deleted deleted;
    bool is_keyset; /* pages by cursor */
    bool is_async;  /* writes are answered later */
    bool is_strict;
    bool is_lenient; /* said so */
    bool has_max_affected;
    int64_t max_affected;
    str timezone; /* or empty */
} preferences;

/* Reads all Prefer headers of the request. */
fallible preferences_parse(arena *a, const http_request *request,
                           preferences *out);

/* Adds Preference-Applied. Blank what does not apply to the action first. */
void preferences_reply(arena *a, const preferences *p, http_reply *reply);

#endif
