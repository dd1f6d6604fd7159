/*
 * schema_mutation.h: real schemas made small, and changed as people change
 * them.
 *
 * Text is edited line by line, where the resolved schema says that a thing
 * stands; what does not load afterwards is thrown away and tried again. The
 * same seed gives the same texts.
 */
#ifndef TEST_SUPPORT_SCHEMA_MUTATION_H
#define TEST_SUPPORT_SCHEMA_MUTATION_H

#include "base/arena.h"
#include "base/rand.h"
#include "schema/schema.h"

/* Or NULL, when there are errors. */
const schema *schema_mutation_load(arena *a, engine_kind engine, str text);

/* A model, its neighbours, their neighbours: at most `most` of them, without
 * the relations to all others. Empty when nothing came of it. */
str schema_mutation_subset(arena *a, engine_kind engine, rand_source *r,
                           str text, size_t most);

/* One change. False when none was found that loads. what names it. */
bool schema_mutation_change(arena *a, engine_kind engine, rand_source *r,
                            str text, str *out, str *what);

#endif
