/*
 * async_write.h: writes that are answered later (RFC 7240 4.1).
 *
 *     POST /rest/v1/task            Prefer: respond-async
 *     202                           Location: /rest/v1/jobs/01a1fc2c-...
 *
 *     GET /rest/v1/jobs/01a1fc2c-...
 *     {"id":"01a1fc2c-...","status":"done","createdAt":...,"finishedAt":...,
 *      "response":{"status":201,"affected":100000,"headers":{},"error":null}}
 *
 * The request is checked as any other, up to where it would write. Then it is
 * kept (core/async_request.h), and a job sends it to the same door once more, as
 * the same caller, under a key of its own if it brought none (idempotency.h): so
 * it happens once, whatever dies meanwhile. What it would hand back nobody waits
 * for, so it hands back nothing (return=minimal).
 *
 * A place where there are no jobs answers at once, as RFC 7240 allows.
 */
#ifndef API_REST_ASYNC_WRITE_H
#define API_REST_ASYNC_WRITE_H

#include "api/rest/rest_request.h"
#include "core/job.h"

/* Shall it be answered later? */
bool async_write_is_wanted(const rest_request *r);

/* Answers 202. Suspends. */
fallible async_write_accept(arena *a, rest_request *r);

/* GET /rest/v1/jobs/<id>. ERR_NOT_FOUND, also for somebody else's. Suspends. */
fallible async_write_serve_state(arena *a, rest_request *r, str id);

/* The kind of the job that sends requests of the application once more; both
 * outlive it. */
const job_kind *async_write_job(arena *a, const app *application);

#endif
