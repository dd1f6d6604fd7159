/*
 * pg_operator_class.h: the operator classes that an index gets when it names
 * none.
 *
 * The catalog does not know whether somebody wrote jsonb_ops; a structure has
 * no name for a class that is the default of its type.
 */
#ifndef DATABASE_POSTGRES_PG_OPERATOR_CLASS_H
#define DATABASE_POSTGRES_PG_OPERATOR_CLASS_H

#include <stdbool.h>

#include "base/str.h"
#include "schema/index_method.h"

/* False for those that are not known. */
bool pg_operator_class_is_default(index_method method, str name);

#endif
