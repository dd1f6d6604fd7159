#include "api/health.h"

#include "api/reply.h"

static void serve_ok(http_reply *reply) {
    reply->status = 200;
    reply->content_type = REPLY_JSON;
    buf_append(reply->body, STR("{\"status\":\"ok\"}"));
}

void health_serve_alive(http_reply *reply) {
    serve_ok(reply);
}

void health_serve_ready(database_session *session, const http_request *request,
                        http_reply *reply) {
    err *e = database_check(session, request->arena);
    if (e == NULL) {
        serve_ok(reply);
        return;
    }
    reply_error(request->arena, reply, e);
    reply->status = 503;
}
