/*
 * zone_output.h: times as the clocks of a time zone show them.
 *
 *     Prefer: timezone=Europe/Berlin
 *     "2024-01-31T13:00:00.123+01:00"      in CSV  2024-01-31 13:00:00.123+01
 *
 * Rows come from the database in UTC, on every engine, and are changed on their
 * way out: those of embedded rows inside of their JSON.
 */
#ifndef API_REST_ZONE_OUTPUT_H
#define API_REST_ZONE_OUTPUT_H

#include "api/rest/rest_node.h"
#include "base/time_zone.h"

typedef struct zone_output {
    const time_zone *zone;
    const selection *selection;
    bool is_csv;
    row_column *keys; /* those of the selection, for the values below */
    value *values;
} zone_output;

zone_output *zone_output_new(arena *a, const time_zone *zone,
                             const selection *s, bool is_csv);

/* The row's values with its times changed, until the next call. */
const value *zone_output_row(arena *a, zone_output *o, const value *values);

/* A time in UTC, with any fraction; any other text as it is. */
str zone_output_time(arena *a, const time_zone *zone, str text, bool is_csv);

#endif
