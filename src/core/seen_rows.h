/*
 * seen_rows.h: rows that were read before a transaction, and whether they are
 * still as they were in it.
 *
 * Of each row a mark is kept, a hash of all that can be read of it, its identity
 * included: two different rows never have the same. A look inside of the
 * transaction locks what the filter finds there and compares: each row must have
 * a mark that is known, and there must be as many. Then nobody has changed one,
 * taken one away or added one.
 */
#ifndef CORE_SEEN_ROWS_H
#define CORE_SEEN_ROWS_H

#include "core/caller.h"
#include "database/mutation.h"

typedef struct seen_mark {
    unsigned char bytes[16]; /* of a SHA-256 */
} seen_mark;

typedef struct seen_rows {
    arena *a;
    const model *model;
    const query_column *columns; /* of the model, those that can be read */
    size_t column_count;
    seen_mark *marks;
    size_t count;
    bool is_sorted;
} seen_rows;

seen_rows seen_rows_of(arena *a, const model *m);

/* cells are those of the columns. */
void seen_rows_add(seen_rows *s, const value *cells);

/* A look at what the filter finds, for the transaction of like, which must be
 * `count` of the rows. Rows that are added later do not count. ERR_CONFLICT is
 * what it fails with. */
const mutation *seen_rows_look(seen_rows *s, const mutation *like,
                               const filter *where, size_t count);

#endif
