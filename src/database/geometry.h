/*
 * geometry.h: columns of PostGIS's types, geometry and geography.
 *
 * Only a foreign column (schema.h) can be one: its type is as format_type()
 * writes it, geometry(Point,4326), with the schema of the extension before it
 * where that is not on the search path, postgis.geometry.
 */
#ifndef DATABASE_GEOMETRY_H
#define DATABASE_GEOMETRY_H

#include "schema/schema.h"

bool geometry_is(const field *f);

/* What stands before the type's name, and so before that of a function of
 * PostGIS: "postgis." or nothing. The field is a geometry. */
str geometry_place(const field *f);

#endif
