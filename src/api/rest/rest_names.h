/*
 * rest_names.h: names from the wire become fields, or an error that helps.
 *
 * The wire speaks database names (@@map, @map). Who writes the schema's name
 * is told the other one; who mistypes is told the nearest.
 */
#ifndef API_REST_REST_NAMES_H
#define API_REST_REST_NAMES_H

#include "base/err.h"
#include "schema/schema.h"

/* In a filter, select or order: ERR_UNKNOWN_COLUMN. */
fallible rest_names_column(arena *a, const schema *s, const model *m, str name,
                           const field **out);

/* In a body, columns or on_conflict: ERR_UNKNOWN_BODY_COLUMN. */
fallible rest_names_body_column(arena *a, const schema *s, const model *m,
                                str name, const field **out);

/* Of one schema of the database. ERR_UNKNOWN_TABLE. */
fallible rest_names_table(arena *a, const schema *s, str profile, str name,
                          const model **out);

#endif
