/*
 * default_maker.h: the values that columns get when nobody gave one.
 *
 * One maker serves one mutation: its now() is the same moment in all rows, as
 * in one transaction of PostgreSQL.
 */
#ifndef CORE_DEFAULT_MAKER_H
#define CORE_DEFAULT_MAKER_H

#include "core/caller.h"
#include "database/value.h"

typedef struct default_maker {
    const caller *caller;
    str now; /* as a DateTime value; empty until asked for */
} default_maker;

static inline default_maker default_maker_for(const caller *c) {
    return (default_maker){.caller = c};
}

/* VALUE_DEFAULT when the database is to make it, VALUE_NULL when the column has
 * no default. */
fallible default_maker_make(default_maker *d, const field *f, value *out);

/* For @updatedAt. */
value default_maker_now(default_maker *d);

#endif
