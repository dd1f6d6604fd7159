/*
 * rest_request.h: one request to a table, while it is answered.
 */
#ifndef API_REST_REST_REQUEST_H
#define API_REST_REST_REQUEST_H

#include "api/rest/media_type.h"
#include "api/rest/preference.h"
#include "api/rest/query_string.h"
#include "api/rest/rest_table.h"
#include "base/time_zone.h"
#include "core/caller.h"
#include "io/http_message.h"

typedef struct rest_request {
    const rest_tables *tables;
    const rest_tables *called; /* functions beside the schema's, or NULL */
    const rest_table *table;   /* of a call: what its rows are like */
    const function_call *call; /* or NULL: of a table */
    const http_request *http;
    http_reply *reply;
    caller caller;
    str content_type;    /* of the body */
    bool is_rolled_back; /* what it writes */
    str range;           /* the Range header, or empty */
    str idempotency_key; /* the header as it came; NULL inside: none */
    bool is_root;        /* GET /: a description is accepted, too */
    media_type accept;
    const time_zone *zone; /* of the times in the answer; NULL: UTC */
    bool has_prefer;       /* else prefer says nothing */
    preferences prefer;
    query_string params;
} rest_request;

/* Reads headers and the query string; the table is known. Adds the headers
 * that every reply of a table has. */
fallible rest_request_read(arena *a, rest_request *r);

/* Finds the table by the path, which is one segment, as received, and the
 * schema that the headers name. ERR_UNKNOWN_PATH, ERR_SCHEMA_NAME,
 * ERR_UNKNOWN_TABLE. */
fallible rest_request_find_table(arena *a, rest_request *r, str path);

/* The schema that the headers name. ERR_SCHEMA_NAME. */
fallible rest_request_find_profile(arena *a, const rest_request *r, str *out);

/* The query string alone; the table is known. What it says in an old way is
 * understood, and told in a Warning header (RFC 7234, section 5.5). */
fallible rest_request_read_query(arena *a, rest_request *r, str text);

/* The headers alone. */
fallible rest_request_read_headers(arena *a, rest_request *r);

#endif
