/*
 * json_schema.h: the models as JSON Schema (draft 2020-12), so that any
 * validator can judge a row before it is sent or after it came.
 *
 * "$defs" has three schemas for each model: Post, a row as it is read;
 * PostCreate, the body of an insert; PostUpdate, the body of an update. Names
 * of properties are column names, as in REST. Relations, ignored and
 * unsupported columns are no part of them.
 */
#ifndef GENERATE_JSON_SCHEMA_H
#define GENERATE_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "schema/schema.h"

/* ERR_CONFLICT when two definitions have one name: of a model PostCreate, and
 * of what creates a Post. */
fallible json_schema_write(arena *a, buf *out, const schema *s);

#endif
