/*
 * exposure.h: which schemas of the database clients may see.
 *
 * PostgreSQL keeps tables in schemas, and so does @@schema; without one, and on
 * SQLite, a model is in "public". The first exposed one is what a client gets
 * that names none. Tables of the others are not there, for any interface.
 */
#ifndef CORE_EXPOSURE_H
#define CORE_EXPOSURE_H

#include "base/err.h"
#include "schema/schema.h"

typedef struct exposure {
    const str *names;
    size_t count; /* 1 or more */
} exposure;

/* From a list such as "public, shop"; auto, or nothing, is all that models are
 * in, public first. ERR_INVALID for one in which no model is. Of a database that
 * is served as it is found the list was read with it. */
fallible exposure_read(arena *a, const schema *s, str list, exposure *out);

/* All that models are in, public first; of a database that is served as it is
 * found what was asked for. */
exposure exposure_of_all(arena *a, const schema *s);

bool exposure_has(const exposure *e, str name);

static inline bool exposure_shows(const exposure *e, const model *m) {
    return exposure_has(e, model_home(m));
}

/* The schema that a client named, or the first when named.ptr is NULL.
 * ERR_SCHEMA_NAME for one that is not exposed. */
fallible exposure_choose(arena *a, const exposure *e, str named, str *out);

/* "public, shop" */
str exposure_list(arena *a, const exposure *e);

/* The table of that name in one schema, or NULL. */
const model *exposure_find_table(const schema *s, str name, str table);

#endif
