/*
 * description.h: what describes the REST interface to programs.
 *
 *     /openapi.json   OpenAPI 3.1
 *     /rest/v1/       Swagger 2.0, as PostgREST has it
 *
 * Both are about what a caller who is not signed in may do, so what nobody
 * opened is in neither. A worker makes them when they are asked for first, and
 * keeps them: most never are, and those of a large schema are megabytes.
 */
#ifndef API_DESCRIPTION_H
#define API_DESCRIPTION_H

#include "core/app.h"
#include "io/http_message.h"

typedef struct description {
    arena *a;
    const app *app;
    str openapi; /* or empty: not made yet */
    str swagger; /* all but its first members */
} description;

/* What is made lives in a. */
description description_new(arena *a, const app *application);

str description_openapi(description *d);

/* The same interface as TypeScript types, for whoever may do more: all tables
 * that are exposed, whatever the policies say of them. */
str description_typescript(const description *d);

void description_serve_openapi(description *d, http_reply *reply);
void description_serve_swagger(description *d, const http_request *request,
                               http_reply *reply);

#endif
