/*
 * hooked_reader.h: the rows that a mutation would hit, in pages, for its hooks.
 *
 * A page begins behind the last row of the one before, in the order of the
 * identity, so that no connection is held while a hook takes its time. What
 * happens between two pages the transaction finds out (seen_rows.h).
 */
#ifndef CORE_HOOKED_READER_H
#define CORE_HOOKED_READER_H

#include "core/hook.h"
#include "core/seen_rows.h"

typedef struct hooked_reader {
    const caller *caller;
    const filter *where; /* or NULL; narrowed already */
    seen_rows *seen;     /* is told of each row */
    const value *last;   /* identity of the last row, in the caller's arena */
    bool is_done;
    size_t bytes; /* of all rows so far */
} hooked_reader;

/* More rows in a, each with a cell for each column of the model: VALUE_DEFAULT
 * for what cannot be read. rows has room for HOOK_BATCH_ROWS. Suspends. */
fallible hooked_reader_next(hooked_reader *r, arena *a, value **rows,
                            size_t *count);

/* The values of the row's identity. */
void hooked_reader_identity(arena *a, const model *m, const value *row,
                            value *out);

/* The rows with these identities, one behind the other. */
const filter *hooked_reader_filter(arena *a, const model *m, const value *ids,
                                   size_t count);

/* A copy whose text is in the arena. */
value hooked_reader_keep(arena *a, value v);

#endif
