/*
 * media_type.h: what form of an answer the client accepts, and in what form it
 * sends a body.
 */
#ifndef API_REST_MEDIA_TYPE_H
#define API_REST_MEDIA_TYPE_H

#include "base/err.h"
#include "database/query.h"

typedef struct media_type {
    bool is_object; /* one row, not a list: ERR_NOT_SINGULAR otherwise */
    bool strips_nulls;
    bool is_csv;
    bool is_geojson; /* a FeatureCollection: geojson.h */
    bool is_description;
    bool is_plan; /* how the rows are found, in place of them */
    query_plan plan;
    str content_type; /* of the reply */
} media_type;

/* The Accept header; empty means any. ERR_MEDIA_TYPE when it names only what
 * we do not have. */
fallible media_type_negotiate(arena *a, str accept, media_type *out);

/* The same at the root, where there is what describes the interface, too. */
fallible media_type_negotiate_root(arena *a, str accept, media_type *out);

/* ERR_MEDIA_TYPE for what is there, but not here. */
err *media_type_refuse(arena *a, str accept);

typedef enum body_form { BODY_JSON, BODY_CSV, BODY_FORM } body_form;

/* The Content-Type of a body; empty means JSON. ERR_BODY. */
fallible media_type_of_body(arena *a, str content_type, body_form *out);

#endif
