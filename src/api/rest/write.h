/*
 * write.h: POST, PATCH, PUT and DELETE of a table.
 *
 * All are one mutation in one transaction, and what the client wants
 * back (return=representation) comes from that same mutation: nothing is read
 * again afterwards.
 */
#ifndef API_REST_WRITE_H
#define API_REST_WRITE_H

#include "api/rest/representation.h"
#include "api/rest/rest_request.h"
#include "database/mutation.h"

/* Suspends. */
fallible write_serve(arena *a, rest_request *r);

/* The same in its steps, for who writes several at once. */
typedef struct write_plan {
    rest_request *request;
    mutation mutation;
    bool has_look; /* if so, the look is to be run before the mutation */
    mutation look;
    representation representation;
} write_plan;

/* Reads the body and checks the request, which must outlive the plan. */
fallible write_plan_make(arena *a, rest_request *r, write_plan *out);

/* Into the request's reply. */
fallible write_plan_answer(arena *a, const write_plan *w,
                           const mutation_result *result);

/* In place of the words of the database those that clients know. */
err *write_plan_explain(arena *a, const write_plan *w, bool is_look, err *e);

#endif
