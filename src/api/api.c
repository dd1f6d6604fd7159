#include "api/api.h"

#include <inttypes.h>

#include "api/cors.h"
#include "api/health.h"
#include "api/reply.h"
#include "api/request_origin.h"
#include "api/rest/rest.h"
#include "api/router.h"
#include "api/session_position.h"

static void refuse_path(const http_request *request, http_reply *reply) {
    err *e = err_new(request->arena, ERR_UNKNOWN_PATH,
                     "invalid path specified in request URL");
    e = err_with_hint(e, STR("the tables are at /rest/v1/<table>"));
    reply_error(request->arena, reply, e);
}

static void refuse_method(route_target target, const http_request *request,
                          http_reply *reply) {
    http_reply_add(reply, STR("Allow"), router_allowed_methods(target));
    reply_error(request->arena, reply,
                err_new(request->arena, ERR_METHOD,
                        "method not allowed for this path"));
}

static void answer_options(route_target target, http_reply *reply) {
    reply->status = 204;
    http_reply_add(reply, STR("Allow"), router_allowed_methods(target));
}

static bool is_read(const http_request *request) {
    return request->method == HTTP_GET || request->method == HTTP_HEAD;
}

/* Where our policies decide it is the same for everybody. */
static void serve_description(api_service *api, route_target target,
                              const http_request *request, http_reply *reply) {
    err *e = description_require(request->arena, api->app);
    if (e != NULL)
        reply_error(request->arena, reply, e);
    else if (target == ROUTE_OPENAPI)
        description_serve_openapi(&api->description, request, reply);
    else
        description_serve_swagger(&api->description, request, reply);
}

/* jwt;dur=0.1, parse;dur=0.0 ... in milliseconds */
static void write_times(const http_request *request, http_reply *reply,
                        request_times *times) {
    static const char *const NAMES[REQUEST_PART_COUNT] = {
        "jwt", "parse", "plan", "transaction", "response"};
    str text = {0};
    request_times_end(times, REQUEST_RESPONSE);
    for (size_t i = 0; i < REQUEST_PART_COUNT; i++)
        text = arena_printf(request->arena, "%.*s%s%s;dur=%" PRId64 ".%03d",
                            STR_ARG(text), i > 0 ? ", " : "", NAMES[i],
                            times->us[i] / 1000, (int)(times->us[i] % 1000));
    http_reply_add(reply, STR("Server-Timing"), text);
}

static void serve_rest(api_service *api, str tail, const http_request *request,
                       http_reply *reply) {
    caller who = {
        .app = api->app,
        .session = api->session,
        .arena = request->arena,
        .ids = &api->ids,
    };
    change_origin origin;
    bool is_recorded =
        (request->method != HTTP_GET && request->method != HTTP_HEAD &&
         !api->app->schema->is_foreign) ||
        UNLIKELY(api->app->schema->has_audited_reads);
    if (is_recorded) {
        origin = request_origin(request);
        who.origin = &origin;
    }
    commit_position before = 0;
    commit_position seen = 0;
    if (UNLIKELY(api->app->has_replicas)) {
        before = session_position_read(request);
        seen = before;
        who.seen = &seen;
    }
    request_times times;
    if (UNLIKELY(api->app->tells_times)) {
        times = (request_times){.since_us = clock_monotonic_us(NULL)};
        who.times = &times;
    }
    rest_serve(api->rest, &who, tail, request, reply);
    if (UNLIKELY(who.times != NULL))
        write_times(request, reply, who.times);
    if (UNLIKELY(seen > before))
        session_position_write(request, reply, seen);
}

static void serve_operator(api_service *api, route to,
                           const http_request *request, http_reply *reply) {
    const caller who = {
        .app = api->app,
        .session = api->session,
        .arena = request->arena,
        .ids = &api->ids,
    };
    operator_door_serve(&api->operators, &who, to, request, reply);
}

static bool is_for_operator(const api_service *api, route to,
                            const http_request *request) {
    return UNLIKELY(operator_door_is_for(request)) &&
           api->app->impersonation == NULL &&
           (to.target == ROUTE_REST || to.target == ROUTE_OPENAPI);
}

static void dispatch(api_service *api, route to, const http_request *request,
                     http_reply *reply) {
    bool is_found = api->app->impersonation != NULL;
    switch (to.target) {
    case ROUTE_NONE:
        refuse_path(request, reply);
        break;
    case ROUTE_REST:
        if (str_is_empty(to.tail) && !is_found && is_read(request))
            serve_description(api, to.target, request, reply);
        else
            serve_rest(api, to.tail, request, reply);
        break;
    case ROUTE_OPENAPI:
        if (is_found)
            serve_rest(api, (str){0}, request, reply);
        else
            serve_description(api, to.target, request, reply);
        break;
    case ROUTE_HEALTH:
        health_serve_alive(reply);
        break;
    case ROUTE_READY:
        health_serve_ready(api->session, request, reply);
        break;
    }
}

static void refuse_size(const http_request *request, http_reply *reply) {
    size_t max = reply->body->max;
    err *e = err_new(request->arena, ERR_INTERNAL,
                     "the answer is larger than %zu bytes", max);
    e = err_with_hint(e, STR("ask for fewer rows with limit"));
    reply_error(request->arena, reply, e);
}

static void serve(http_service *service, const http_request *request,
                  http_reply *reply) {
    api_service *api = CONTAINER_OF(service, api_service, http);
    bool is_rooted = api->app->impersonation != NULL;
    route to = is_rooted ? router_find_rooted(request->path)
                         : router_find(request->path);

    cors_apply(api->app, request, reply);
    if (cors_is_preflight(request))
        cors_answer_preflight(api->app, request, reply);
    else if (to.target != ROUTE_NONE && request->method == HTTP_OPTIONS)
        answer_options(to.target, reply);
    else if (to.target != ROUTE_NONE &&
             !router_allows(to.target, request->method))
        refuse_method(to.target, request, reply);
    else if (is_for_operator(api, to, request))
        serve_operator(api, to, request, reply);
    else
        dispatch(api, to, request, reply);

    if (reply->body->is_overflown)
        refuse_size(request, reply);
    if (UNLIKELY(reply->body->len >= api->delivery.from))
        delivery_prepare(&api->delivery, request, reply);
}

api_service *api_new(arena *a, const app *application,
                     database_session *session) {
    api_service *api = arena_new_array(a, api_service, 1);
    *api = (api_service){
        .http = {.serve = serve},
        .app = application,
        .session = session,
        .rest = rest_new(a, application),
        .description = description_new(a, application, PRINCIPAL_ANONYMOUS),
        .operators = operator_door_new(a, application),
        .delivery = delivery_new(application),
    };
    id_source_init(&api->ids, rand_secure());
    return api;
}
