/*
 * geojson.h: rows as GeoJSON (RFC 7946), for tables with a geometry of PostGIS.
 *
 *     {"type":"FeatureCollection","features":[{"type":"Feature",
 *     "geometry":{"type":"Point","coordinates":[13.4,52.5]},
 *     "properties":{"id":1,"name":"Berlin"}}]}
 *
 * The first geometry that is selected is that of the feature, whatever it is
 * called; all else that is selected are its properties, other geometries among
 * them. PostGIS writes geometries (ST_AsGeoJSON), the rest is written here.
 */
#ifndef API_REST_GEOJSON_H
#define API_REST_GEOJSON_H

#include "api/rest/rest_request.h"
#include "database/row_json.h"

/* The client accepts GeoJSON, and the query string is read: asks for the
 * geometries as such. ERR_MEDIA_TYPE when the table has none, ERR_INVALID
 * when none is selected. */
fallible geojson_plan(arena *a, rest_request *r);

typedef struct geojson_output geojson_output;

/* keys are those of the selection's cells. */
geojson_output *geojson_output_new(arena *a, const selection *s,
                                   const row_column *keys) RETURNS_NONNULL;

void geojson_output_begin(buf *body);
void geojson_output_row(const geojson_output *o, buf *body,
                        const value *values);
void geojson_output_end(buf *body);

#endif
