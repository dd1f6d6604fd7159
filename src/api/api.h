/*
 * api.h: all HTTP interfaces of an application, as one http_service.
 *
 * Built once for each worker, with that worker's database session; what can be
 * worked out from the schema is worked out here, so that a request allocates
 * from its own arena only.
 *
 *     api_service *api = api_new(a, app, session);
 *     TRY(http_server_new(a, l, socket, &limits, &api->http, &server));
 */
#ifndef API_API_H
#define API_API_H

#include "api/delivery.h"
#include "api/description.h"
#include "api/operator_door.h"
#include "core/caller.h"
#include "io/http_message.h"

typedef struct api_service {
    http_service http; /* first: the server hands us this */
    const app *app;
    database_session *session;
    rest *rest;
    description description;
    operator_door operators;
    id_source ids;
    delivery delivery;
} api_service;

/* Lives in a; app and session must outlive it. */
api_service *api_new(arena *a, const app *application,
                     database_session *session) RETURNS_NONNULL;

#endif
