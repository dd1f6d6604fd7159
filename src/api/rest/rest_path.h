/*
 * rest_path.h: a column as requests write it, with a place inside of its JSON.
 *
 *     title    data->address->>city    data->items->0    data->-1
 *
 * A key may be quoted; digits alone are an index. Only the last arrow may be
 * ->>, which makes text of what it finds.
 */
#ifndef API_REST_REST_PATH_H
#define API_REST_REST_PATH_H

#include "api/rest/scan.h"
#include "database/derivation.h"

enum { PATH_MAX_STEPS = 32 };

typedef struct rest_path {
    str column;
    const json_step *steps;
    size_t step_count;
    bool is_text; /* the last arrow is ->> */
} rest_path;

/* Reads the arrows, of which there may be none; the column is set already. */
fallible rest_path_take_arrows(arena *a, scan *s, rest_path *out);

/* Reads the column and the arrows. */
fallible rest_path_take(arena *a, scan *s, rest_path *out);

/* What it is called when nobody says: the last key, else the column. */
str rest_path_name(const rest_path *p);

#endif
