/*
 * keyset.h: pages that begin behind a row instead of at a number.
 *
 *     order due_at desc nulls first, id      the last row: (2025-03-01, 17)
 *     due_at <= X and (due_at < X or due_at is null ... and id > 17)
 *
 * A page found this way costs what it holds, however far back it is, and rows
 * that come or go in between move no other row to another page: none is seen
 * twice, and none is left out.
 *
 * The cursor is the last row's values of the order's columns, with the identity
 * behind them, as text for a URL. It says for which order it was made and fits
 * no other. It is not secret and gives no rights: what it can say, a filter
 * could say too.
 */
#ifndef CORE_KEYSET_H
#define CORE_KEYSET_H

#include "core/caller.h"
#include "database/query.h"

enum { KEYSET_MAX_TERMS = 16 };

typedef struct keyset {
    const query_order *order; /* complete */
    size_t order_count;
    const size_t *cells; /* where each term's value is among a row's columns */
} keyset;

/* Completes the order of the query and adds the columns that a cursor needs
 * behind its own, which stay where they are. ERR_UNSUPPORTED for rows without
 * an order of their own. */
fallible keyset_plan(const caller *c, query *q, keyset *out);

/* cells are those of the last row's columns. */
str keyset_format(arena *a, const keyset *k, const value *cells);

/* Leaves to the query the rows behind the cursor. ERR_QUERY_SYNTAX when that is
 * none, or one of another order. */
fallible keyset_continue(const caller *c, query *q, const keyset *k,
                         str cursor);

#endif
