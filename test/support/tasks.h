/* tasks.h: the schema that the tests of core and api share. */
#ifndef TEST_SUPPORT_TASKS_H
#define TEST_SUPPORT_TASKS_H

#include "base/arena.h"
#include "database/query.h"
#include "schema/schema.h"

extern const str TASKS_SCHEMA;

const schema *tasks_schema(arena *a);
const model *tasks_model(arena *a, const schema **s, const char *table);

/* "5", "x", "null", "default" */
str tasks_print_value(arena *a, const value *v);

/* A filter in the manner of SQL: "title = x AND NOT (due_at IS NULL)". */
str tasks_print_filter(arena *a, const filter *f);

/* "due_at desc nulls first, id asc nulls last" */
str tasks_print_order(arena *a, const query_order *order, size_t count);

#endif
