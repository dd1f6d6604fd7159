/*
 * fake_engine.h: a database that only remembers what it was asked for: for
 * tests of what stands above it.
 */
#ifndef TEST_SUPPORT_FAKE_ENGINE_H
#define TEST_SUPPORT_FAKE_ENGINE_H

#include "core/caller.h"
#include "database/engine.h"

typedef struct fake_engine {
    database_session session; /* first */
    app app;
    id_source ids;
    fake_clock clock;
    caller caller;
    int query_count;
    query query; /* the last one */
    int mutation_count;
    mutation mutation; /* the last one */
} fake_engine;

/* Over TASKS_SCHEMA; 2024-01-31 12:00:00.123, ids from a seed. */
fake_engine *fake_engine_new(arena *a);
fake_engine *fake_engine_over(arena *a, const schema *s);

const field *fake_engine_field(const fake_engine *e, const char *table,
                               const char *column);

/* "title=x points=null; title=y points=3", of the last mutation. */
str fake_engine_print_rows(arena *a, const fake_engine *e);

#endif
