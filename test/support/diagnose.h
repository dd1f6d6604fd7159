/*
 * diagnose.h: what loading says about a schema, as short text to compare with.
 *
 *     3:8 E0401 unknown type 'Strng'
 *     4:3 E0303 the field 'a' is declared twice
 *
 * The warning that a model is closed is left out: nearly every test would have
 * it.
 */
#ifndef TEST_SUPPORT_DIAGNOSE_H
#define TEST_SUPPORT_DIAGNOSE_H

#include "base/arena.h"
#include "base/str.h"
#include "schema/diag.h"
#include "schema/schema.h"

/* One line for each diag, without the last line end. */
str diagnose(arena *a, str text);

/* The same for an engine; the others are SQLite. */
str diagnose_on(arena *a, engine_kind engine, str text);

/* The help of the first diag, or empty. */
str diagnose_help(arena *a, str text);

/* The names of the places that the first diag points to: "1:7 the model". */
str diagnose_places(arena *a, str text);

/* A schema with something that loading should say about it. */
typedef struct diagnose_case {
    str text;
    str said;
} diagnose_case;

/* Fails for each case where something else is said, and shows what. */
void diagnose_expect(arena *a, const diagnose_case *cases, size_t count);
void diagnose_expect_on(arena *a, engine_kind engine,
                        const diagnose_case *cases, size_t count);

/* Loads what has no mistakes. */
const schema *diagnose_load(arena *a, engine_kind engine, str text);

/* The third line of a model that is fine otherwise. */
#define IN_MODEL(line) "model A {\n  id Int @id\n" line "\n}\n"

#endif
