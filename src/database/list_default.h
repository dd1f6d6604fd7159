/* list_default.h: a list's @default([...]) as the value that it is. */
#ifndef DATABASE_LIST_DEFAULT_H
#define DATABASE_LIST_DEFAULT_H

#include "base/arena.h"
#include "schema/schema.h"

/* The JSON text (value.h) of a column whose default is a list. */
str list_default_text(arena *a, const field *f);

#endif
