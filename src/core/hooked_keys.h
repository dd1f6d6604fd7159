/*
 * hooked_keys.h: which rows of a merge are there already.
 *
 * They are looked for by the columns of the merge's key, in the values that will
 * be written. The hooks of an update are shown what is there, whoever may read
 * it: it is what the merge overwrites.
 */
#ifndef CORE_HOOKED_KEYS_H
#define CORE_HOOKED_KEYS_H

#include "core/hook.h"
#include "core/seen_rows.h"

/* One time that rows were looked for. */
typedef struct hooked_keys_look {
    const filter *where;
    size_t count; /* so many were there */
} hooked_keys_look;

typedef struct hooked_keys {
    const caller *caller;
    const mutation *m;    /* its values transformed */
    seen_rows *seen;      /* is told of each row that is there */
    const size_t *places; /* of the key's columns among the fields, or NULL */
    hooked_keys_look *looks;
    size_t look_count;
} hooked_keys;

hooked_keys hooked_keys_of(const caller *c, const mutation *m, seen_rows *seen);

/* Of `count` rows from `first` on, HOOKED_KEYS_ROWS at most: found[i] is the row
 * that is there, in a, or NULL. Suspends. */
enum { HOOKED_KEYS_ROWS = 100 };
fallible hooked_keys_find(hooked_keys *k, arena *a, size_t first, size_t count,
                          value **found);

#endif
