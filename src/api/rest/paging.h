/*
 * paging.h: pages that follow one another by a cursor.
 *
 *     GET /rest/v1/tasks?order=due_at&limit=20       Prefer: paging=keyset
 *     Link: </rest/v1/tasks?order=due_at&limit=20&cursor=after.MTIz>; rel="next"
 *
 * The reply to each page has the address of the next one (RFC 8288), until
 * there is none. What the cursor is made of is core's (core/keyset.h).
 */
#ifndef API_REST_PAGING_H
#define API_REST_PAGING_H

#include "api/rest/rest_request.h"
#include "core/keyset.h"

typedef struct paging {
    keyset keys;
    int64_t limit;  /* of the rows on this page; or QUERY_NO_LIMIT */
    size_t shown;   /* columns that the client asked for */
    size_t columns; /* with those of the cursor behind them */
    size_t cells;   /* columns and those of embeds */
    value *room;
    buf last; /* the cursor behind the last row, so far */
} paging;

static inline bool paging_is_wanted(const rest_request *r) {
    return r->prefer.is_keyset || r->params.cursor.len > 0;
}

/* Changes the query. Release with paging_end; NULL inside is fine. */
fallible paging_begin(arena *a, const rest_request *r, query *q, paging **out);
void paging_end(paging **p);

/* What to write of a row: its cells without those of the cursor. */
const value *paging_take(arena *a, paging *p, const value *cells);

/* Adds Link when count rows fill the page. */
void paging_reply(arena *a, const rest_request *r, const paging *p,
                  int64_t count);

#endif
