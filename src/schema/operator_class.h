/*
 * operator_class.h: the operator classes of PostgreSQL that an index names by a
 * word of the schema language.
 *
 *     @@index([tags(ops: ArrayOps)], type: Gin)
 *
 * Others are written raw("gin_trgm_ops") and are the database's to judge.
 */
#ifndef SCHEMA_OPERATOR_CLASS_H
#define SCHEMA_OPERATOR_CLASS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "schema/index_method.h"
#include "schema/scalar_type.h"

typedef struct operator_class {
    str name;         /* "JsonbPathOps" */
    str sql;          /* "jsonb_path_ops" */
    unsigned methods; /* bits of index_method */
    scalar_type scalar;
    str native;        /* the column type it is for, "Uuid"; of lists none */
    bool is_for_plain; /* also for the column type that the scalar gets */
    bool is_for_lists; /* of any scalar, and for nothing else */
} operator_class;

/* Or NULL. */
const operator_class *operator_class_find(str name);
const operator_class *operator_class_find_sql(str sql, index_method method);

/* All of them, for suggestions and completion. */
const operator_class *operator_classes(size_t *count);

#endif
