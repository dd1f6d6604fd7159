/* schema_names.h: what the finders of schema.h look into. */
#ifndef SCHEMA_SCHEMA_NAMES_H
#define SCHEMA_SCHEMA_NAMES_H

#include "base/map.h"
#include "schema/function.h"
#include "schema/schema.h"

struct schema_names {
    map *models;         /* name to model */
    map *tables;         /* table to model */
    map *functions;      /* name to function */
    const map **columns; /* by the model's index: visible column to field */
};

/* Of all that s has; its own names are not looked at. */
const schema_names *schema_names_of(arena *a, const schema *s);

#endif
