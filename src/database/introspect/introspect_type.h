/*
 * introspect_type.h: what a column's type is called in the schema language.
 */
#ifndef DATABASE_INTROSPECT_TYPE_H
#define DATABASE_INTROSPECT_TYPE_H

#include "database/introspect/introspect_draft.h"

/* Enums of PostgreSQL are found in the draft; those of SQLite are CHECKs and
 * not looked for here. A type that the language does not have is
 * FIELD_UNSUPPORTED. */
draft_type introspect_type(const draft *d, const structure_table *t,
                           const structure_column *column);

/* " @db.VarChar(20)", or nothing for the type that the scalar has anyway. */
str introspect_native(arena *a, const draft_type *type);

#endif
