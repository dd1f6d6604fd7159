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
#include "generate/json_schema_property.h"
#include "generate/schema_view.h"
#include "schema/schema.h"

/* What a schema of rows is for. */
typedef enum row_purpose {
    PURPOSE_ROW,
    PURPOSE_CREATE,
    PURPOSE_UPDATE,
} row_purpose;

/* ERR_CONFLICT when two definitions have one name: of a model PostCreate, and
 * of what creates a Post. */
fallible json_schema_write(arena *a, buf *out, const schema *s);

/* For documents that have such schemas inside: "Post", "PostCreate". */
str json_schema_name(arena *a, const model *m, row_purpose why);

/* The schema of the columns that the view shows, as a member of an object. A
 * row that is read may have computed fields as well. */
void json_schema_write_row(json_page *p, str member, const schema *s,
                           const model *m, row_purpose why,
                           const schema_view *view);

#endif
