/*
 * async_request.h: requests that are answered later, by a job.
 *
 * Who sends one is told where to ask for its state. The request waits in a table
 * of ours, beside the job in one transaction, and what it held (query, headers,
 * body) is removed when it is done, as its state is a day after it came; each new
 * one takes old ones away.
 */
#ifndef CORE_ASYNC_REQUEST_H
#define CORE_ASYNC_REQUEST_H

#include "core/caller.h"

enum {
    ASYNC_REQUEST_LIFE_HOURS = 24,
    ASYNC_REQUEST_MAX_WAITING = 1000, /* of all clients */
};

/* What its job is called, which is given {"request": id}. */
#define ASYNC_REQUEST_JOB "request"

typedef struct async_request {
    str id;
    str owner;   /* who alone may ask for it */
    str method;  /* "POST" */
    str path;    /* still percent-encoded */
    str query;   /* the same; empty: none */
    str headers; /* a JSON object */
    str body;
    int status;       /* of HTTP; 0: it is not done */
    int64_t affected; /* rows; -1: not known */
    str answer;       /* a JSON object */
    str created_at;
    str finished_at; /* or empty */
} async_request;

/* Can requests be answered later here? */
bool async_request_is_possible(const app *application);

/* Fills in the id. ERR_UNAVAILABLE when too many wait. Suspends. */
fallible async_request_enqueue(const caller *c, async_request *r);

/* Suspends. */
fallible async_request_find(const caller *c, str id, bool *is_there,
                            async_request *out);

/* status, affected and answer are there; forgets what it held. Suspends. */
fallible async_request_finish(const caller *c, const async_request *r);

#endif
