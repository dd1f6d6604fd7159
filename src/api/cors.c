#include "api/cors.h"

static const str EXPOSED =
    STR_INIT("Content-Encoding, Content-Location, Content-Range, Content-Type, "
             "Date, Location, Server, Transfer-Encoding, Range-Unit, "
             "Preference-Applied, Proxy-Status, Content-Profile, ETag, Link, "
             "Tenon-Position, Idempotent-Replayed, Warning");

static bool is_listed(const app *application, str origin) {
    for (size_t i = 0; i < application->cors_origin_count; i++)
        if (str_equal(application->cors_origins[i], origin))
            return true;
    return false;
}

static bool may_ask(const app *application, str origin) {
    return application->cors_origin_count == 0 ||
           is_listed(application, origin);
}

void cors_apply(const app *application, const http_request *request,
                http_reply *reply) {
    str origin = http_request_header(request, STR("Origin"));
    bool is_any = application->cors_origin_count == 0;
    if (origin.ptr == NULL || !may_ask(application, origin))
        return;
    http_reply_add(reply, STR("Access-Control-Allow-Origin"),
                   is_any ? STR("*") : origin);
    if (!is_any)
        http_reply_add(reply, STR("Access-Control-Allow-Credentials"),
                       STR("true"));
    http_reply_add(reply, STR("Access-Control-Expose-Headers"), EXPOSED);
}

bool cors_is_preflight(const http_request *request) {
    return request->method == HTTP_OPTIONS &&
           http_request_header(request, STR("Origin")).ptr != NULL &&
           http_request_header(request, STR("Access-Control-Request-Method"))
                   .ptr != NULL;
}

void cors_answer_preflight(const app *application, const http_request *request,
                           http_reply *reply) {
    reply->status = 204;
    http_reply_add(reply, STR("Vary"),
                   STR("Origin, Access-Control-Request-Headers, "
                       "Access-Control-Request-Method"));
    if (!may_ask(application, http_request_header(request, STR("Origin"))))
        return;
    str wanted =
        http_request_header(request, STR("Access-Control-Request-Headers"));
    str allowed = STR("Authorization");
    if (!str_is_empty(wanted))
        allowed = arena_printf(request->arena, "Authorization, %.*s",
                               STR_ARG(wanted));
    http_reply_add(reply, STR("Access-Control-Allow-Methods"),
                   STR("GET, POST, PATCH, PUT, DELETE, OPTIONS"));
    http_reply_add(reply, STR("Access-Control-Allow-Headers"), allowed);
    http_reply_add(reply, STR("Access-Control-Max-Age"), STR("86400"));
}
