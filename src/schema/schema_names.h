/* schema_names.h: what the finders of schema.h look into. */
#ifndef SCHEMA_SCHEMA_NAMES_H
#define SCHEMA_SCHEMA_NAMES_H

#include "base/map.h"
#include "schema/schema.h"

struct schema_names {
    map *models;         /* name to model */
    map *tables;         /* table to model */
    map *functions;      /* name to function */
    const map **columns; /* by the model's index: visible column to field */
};

#endif
