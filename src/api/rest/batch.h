/*
 * batch.h: POST /rest/v1/: several writes in one transaction.
 *
 *     [{"method": "POST", "path": "project", "body": {"id": "p1", ...}},
 *      {"method": "PATCH", "path": "task?id=eq.5",
 *       "headers": {"Prefer": "return=representation"}, "body": {...}}]
 *
 * Each item is the request that it would be alone, in the order of the list,
 * and sees what those before it wrote. The answer is a list of what they would
 * be answered alone, {"status", "headers", "body"}; when one fails, nothing was
 * written, and the answer is that one's error with its "index" in it.
 */
#ifndef API_REST_BATCH_H
#define API_REST_BATCH_H

#include "api/rest/rest_request.h"

enum { BATCH_MAX = 500 };

/* r has no table. *failed_at is the item whose failure it was, or -1: the
 * whole. Suspends. */
fallible batch_serve(arena *a, rest_request *r, int64_t *failed_at);

#endif
