/*
 * rest.h: tables as resources, in the dialect of PostgREST.
 *
 *     GET /rest/v1/task?select=id,title&done=is.false&order=id.desc&limit=20
 *
 * A request becomes a query or mutation tree (database/), which core/ checks
 * and runs; nothing here decides who may do what. What an application's tables
 * need again and again (their columns as JSON keys) is made once, in rest_new.
 */
#ifndef API_REST_REST_H
#define API_REST_REST_H

#include "core/caller.h"
#include "io/http_message.h"

typedef struct rest rest;

rest *rest_new(arena *a, const app *application) RETURNS_NONNULL;

/* The same of Tenon's own tables, app.system, for the operator. */
rest *rest_new_of_system(arena *a, const app *application) RETURNS_NONNULL;

/* tail is the path behind /rest/v1/; nothing is what describes the interface,
 * where the database decides, and without ptr that as OpenAPI. Suspends. */
void rest_serve(const rest *r, const caller *who, str tail,
                const http_request *request, http_reply *reply);

#endif
