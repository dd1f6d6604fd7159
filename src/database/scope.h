/*
 * scope.h: for whom a transaction runs, where the database decides what they
 * may do.
 *
 * The settings hold until the transaction ends: the role, the search path, what
 * the request said. What runs in it may set response.status and
 * response.headers, as text and as a JSON list, which are handed back.
 *
 * PostgreSQL's alone. Borrowed by a query or a mutation until it has run.
 */
#ifndef DATABASE_SCOPE_H
#define DATABASE_SCOPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct scope_setting {
    str name; /* "role", "request.method" */
    str value;
} scope_setting;

typedef struct scope_settings {
    const scope_setting *items;
    size_t count;
} scope_settings;

typedef struct database_scope {
    const scope_setting *settings;
    size_t setting_count;
    str before_schema; /* a function without arguments, called first */
    str before;        /* or empty */
    /* Of the schema that the trees are of: the shapes of another one's are
     * others, though they look alike. */
    uint64_t generation;

    /* Filled in when it has run; empty: not set. */
    str status;
    str headers;
} database_scope;

#endif
