/*
 * native_type.h: the column types of PostgreSQL that @db.* names.
 *
 *     title String @db.VarChar(120)
 *
 * SQLite has none: there they are ignored with a warning.
 */
#ifndef SCHEMA_NATIVE_TYPE_H
#define SCHEMA_NATIVE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "schema/scalar_type.h"

enum { NATIVE_TYPE_MAX_PARAMETERS = 2 };

typedef struct native_type_spec {
    str name;       /* "VarChar", after the datasource's prefix */
    str sql;        /* "timestamp", as PostgreSQL's format_type() writes it */
    str sql_suffix; /* " without time zone", behind the parameters */
    scalar_type scalar;    /* the one it fits */
    size_t max_parameters; /* all may be left out */
    int64_t lowest;        /* of the first parameter */
    int64_t highest;
} native_type_spec;

/* A native type with its parameters. spec is NULL where there is none. */
typedef struct native_type {
    const native_type_spec *spec;
    int64_t parameters[NATIVE_TYPE_MAX_PARAMETERS];
    size_t parameter_count;
} native_type;

/* Or NULL. */
const native_type_spec *native_type_find(str name);

/* All of them, for suggestions, completion and introspection. */
const native_type_spec *native_type_specs(size_t *count);

#endif
