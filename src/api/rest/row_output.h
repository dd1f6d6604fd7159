/*
 * row_output.h: rows as the client accepts them: a JSON array, one JSON object,
 * CSV or GeoJSON, row after row straight into the body.
 *
 *     row_output o = row_output_begin(a, body, &selection, &accept, zone);
 *     while (...)
 *         row_output_write(&o, values);
 *     row_output_end(&o);
 *
 * Whether one object is what there was is for the caller to ask: count says
 * how many rows were written.
 */
#ifndef API_REST_ROW_OUTPUT_H
#define API_REST_ROW_OUTPUT_H

#include "api/rest/geojson.h"
#include "api/rest/media_type.h"
#include "api/rest/select.h"
#include "api/rest/zone_output.h"
#include "database/row_csv.h"
#include "database/row_json.h"

typedef struct row_output {
    arena *a;
    buf *body;
    row_shape shape;
    bool is_object;
    bool is_plain;                  /* JSON, and neither of the next two */
    const csv_column *csv;          /* or NULL */
    const geojson_output *features; /* or NULL */
    zone_output *zone;              /* or NULL: UTC */
    int64_t count;
} row_output;

/* zone may be NULL: times are in UTC. */
row_output row_output_begin(arena *a, buf *body, const selection *s,
                            const media_type *accept, const time_zone *zone);

/* values are those of the selection's keys. */
void row_output_write(row_output *o, const value *values);

void row_output_end(row_output *o);

#endif
