/* json_schema_property.h: columns as JSON Schema. */
#ifndef GENERATE_JSON_SCHEMA_PROPERTY_H
#define GENERATE_JSON_SCHEMA_PROPERTY_H

#include "base/json_page.h"
#include "schema/schema.h"

/* The schema of one column, as a member of an object. */
void json_schema_property_write(json_page *p, str member, const field *f);

/* Of what an update may say of it: a value, or an object of one operator. */
void json_schema_property_write_change(json_page *p, str member,
                                       const field *f);

#endif
