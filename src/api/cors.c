#include "api/cors.h"

static const str EXPOSED =
    STR_INIT("Content-Encoding, Content-Location, Content-Range, Content-Type, "
             "Date, Location, Server, Transfer-Encoding, Range-Unit, "
             "Preference-Applied, Proxy-Status, Content-Profile, ETag, Link");

void cors_apply(const http_request *request, http_reply *reply) {
    if (http_request_header(request, STR("Origin")).ptr == NULL)
        return;
    http_reply_add(reply, STR("Access-Control-Allow-Origin"), STR("*"));
    http_reply_add(reply, STR("Access-Control-Expose-Headers"), EXPOSED);
}

bool cors_is_preflight(const http_request *request) {
    return request->method == HTTP_OPTIONS &&
           http_request_header(request, STR("Origin")).ptr != NULL &&
           http_request_header(request, STR("Access-Control-Request-Method"))
                   .ptr != NULL;
}

void cors_answer_preflight(const http_request *request, http_reply *reply) {
    str wanted =
        http_request_header(request, STR("Access-Control-Request-Headers"));
    str allowed = STR("Authorization");
    if (!str_is_empty(wanted))
        allowed = arena_printf(request->arena, "Authorization, %.*s",
                               STR_ARG(wanted));
    reply->status = 204;
    http_reply_add(reply, STR("Access-Control-Allow-Methods"),
                   STR("GET, POST, PATCH, PUT, DELETE, OPTIONS"));
    http_reply_add(reply, STR("Access-Control-Allow-Headers"), allowed);
    http_reply_add(reply, STR("Access-Control-Max-Age"), STR("86400"));
    http_reply_add(reply, STR("Vary"),
                   STR("Access-Control-Request-Headers, "
                       "Access-Control-Request-Method"));
}
