/*
 * foreign_csv.h: CSV of a database that is served as it is found.
 *
 * A cell is what PostgreSQL writes for the value, {a,b} for a list and
 * 2024-01-31 12:00:00+00 for a moment, and only PostgreSQL knows how: it is
 * asked for the text instead of JSON. A boolean it would write as true, but in
 * a record as t, which row_csv.h does.
 */
#ifndef API_REST_FOREIGN_CSV_H
#define API_REST_FOREIGN_CSV_H

#include "api/rest/rest_node.h"

/* Groups stay as they are: they are grouped by what is selected. */
void foreign_csv_choose(arena *a, selection *s);

#endif
