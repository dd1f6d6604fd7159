/*
 * description.h: what describes the REST interface to programs.
 *
 *     /openapi.json   OpenAPI 3.1
 *     /rest/v1/       Swagger 2.0, as PostgREST has it
 *
 * Both are about what a caller who is not signed in may do, so what nobody
 * opened is in neither; and about one schema of the database, the one that
 * Accept-Profile names. A worker makes them when they are asked for first, and
 * keeps them: most never are, and those of a large schema are megabytes.
 *
 * Where the database decides, they are made for each who asks, of what its role
 * may do in the one schema that it names.
 */
#ifndef API_DESCRIPTION_H
#define API_DESCRIPTION_H

#include "core/caller.h"
#include "core/role_rights.h"
#include "io/http_message.h"

typedef struct description {
    arena *a;
    const app *app;
    principal_kind reader;
    exposure exposed;
    str *openapi; /* for each exposed schema; or empty: not made yet */
    str *swagger; /* all but its first members */
} description;

/* What is made lives in a; for whom says what it is about. */
description description_new(arena *a, const app *application,
                            principal_kind whose);

/* Of the first schema that is exposed. */
str description_openapi(description *d);

/* The same interface as TypeScript types, for whoever may do more: all tables
 * that are exposed, whatever the policies say of them. */
str description_typescript(const description *d);

/* By what the settings say, for all paths. ERR_NO_DESCRIPTION. */
fallible description_require(arena *a, const app *application);

void description_serve_openapi(description *d, const http_request *request,
                               http_reply *reply);
void description_serve_swagger(description *d, const http_request *request,
                               http_reply *reply);

/* Of one schema of the database, as the rights say; NULL is all. */
typedef struct description_view {
    const app *app;
    const role_rights *rights;
    str schema_name;
} description_view;

void description_write_openapi(const description_view *v, http_reply *reply);
void description_write_swagger(const description_view *v,
                               const http_request *request, http_reply *reply);

#endif
