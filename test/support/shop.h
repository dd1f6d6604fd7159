/*
 * shop.h: a schema with every kind of relation, for tests of what leads from
 * one table to another, and trees of it in words.
 */
#ifndef TEST_SUPPORT_SHOP_H
#define TEST_SUPPORT_SHOP_H

#include "base/arena.h"
#include "base/err.h"
#include "database/query.h"

extern const str SHOP_SCHEMA;

const schema *shop_schema(arena *a);

/* What a request for rows of the table becomes, with aggregates allowed: the
 * select's cells and everything else of the query string. */
fallible shop_query(arena *a, const schema *s, str table, str text, query *out);

/* "id, total | customer(name where ...), ..." of all that a query asks for:
 * columns, then embeds, where, order, limit and offset, each if there is one. */
str shop_print_query(arena *a, const query *q);

#endif
