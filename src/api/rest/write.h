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
#include "core/nested_write.h"
#include "database/mutation.h"

/* Suspends. */
fallible write_serve(arena *a, rest_request *r);

/* The same in its steps, for who writes several at once: with If-Match there is
 * a look before the mutation, and a body with relations in it is as many
 * mutations as they need. */
typedef struct write_plan {
    rest_request *request;
    mutation mutation;
    bool has_look; /* if so, the look is to be run before the mutation */
    mutation look;
    const nested_row *rows; /* with relations in them, row_count; or NULL */
    size_t row_count;
    nested_plan nested; /* with rows: in place of the mutation */
    representation representation;
} write_plan;

/* Reads the body and checks the request, which must outlive the plan. */
fallible write_plan_make(arena *a, rest_request *r, write_plan *out);

/* The mutations that it is, to be run behind `first` others. */
size_t write_plan_count(const write_plan *w);
void write_plan_list(const write_plan *w, size_t first, const mutation **out);

/* Into the request's reply; the results are those of its mutations. */
fallible write_plan_answer(arena *a, const write_plan *w,
                           const mutation_result *results);

/* In place of the words of the database those that clients know. failed_at:
 * which of its mutations. */
err *write_plan_explain(arena *a, const write_plan *w, size_t failed_at,
                        err *e);

#endif
