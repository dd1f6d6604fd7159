/*
 * introspect_name.h: names of the schema language for names of a database.
 */
#ifndef DATABASE_INTROSPECT_NAME_H
#define DATABASE_INTROSPECT_NAME_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"

/* "2nd order-item" becomes "nd_order_item": leading bytes that no name begins
 * with go, others become '_'. Empty when nothing is left. */
str introspect_clean_name(arena *a, str name);

/* The same, and no word that a model must not be called: RenameString. */
str introspect_model_name(arena *a, str name);

/* The first of name, name_2, name_3 ... that is not taken; takes it. */
str introspect_free_name(arena *a, map *taken, str name);

/* A string of the schema language, with its quotes. */
str introspect_quote(arena *a, str text);

#endif
