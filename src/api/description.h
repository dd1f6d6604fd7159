/*
 * description.h: what describes the REST interface to programs.
 *
 *     /openapi.json   OpenAPI 3.1
 *     /rest/v1/       Swagger 2.0, as PostgREST has it
 *
 * Both are about what a caller who is not signed in may do, so what nobody
 * opened is in neither. They are made once.
 */
#ifndef API_DESCRIPTION_H
#define API_DESCRIPTION_H

#include "core/app.h"
#include "io/http_message.h"

typedef struct description {
    str openapi;
    str swagger; /* all but its first members */
} description;

description description_new(arena *a, const app *application);

void description_serve_openapi(const description *d, http_reply *reply);
void description_serve_swagger(const description *d,
                               const http_request *request, http_reply *reply);

#endif
