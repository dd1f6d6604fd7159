#include "api/rest/async_write.h"

#include "api/reply.h"
#include "api/rest/idempotency.h"
#include "base/json.h"
#include "core/async_request.h"

enum { HEADERS_MAX = 64 * 1024, STATE_MAX = 1024 * 1024 };

/* Headers that the request is sent with once more. */
static const str KEPT[] = {
    STR_INIT("Accept"),          STR_INIT("Content-Profile"),
    STR_INIT("Content-Type"),    STR_INIT("If-Match"),
    STR_INIT("If-None-Match"),   STR_INIT("Prefer"),
    STR_INIT("Idempotency-Key"),
};

static const str METHODS[HTTP_OTHER_METHOD] = {
    [HTTP_POST] = STR_INIT("POST"),
    [HTTP_PUT] = STR_INIT("PUT"),
    [HTTP_PATCH] = STR_INIT("PATCH"),
    [HTTP_DELETE] = STR_INIT("DELETE"),
};

bool async_write_is_wanted(const rest_request *r) {
    return UNLIKELY(r->prefer.is_async) && !r->caller.is_job &&
           async_request_is_possible(r->caller.app);
}

/* ---- Accepting ---------------------------------------------------------- */

static str kept_headers(arena *a, const http_request *http) {
    CLEANUP(buf_free) buf out = buf_new(HEADERS_MAX);
    bool is_first = true;
    buf_append_char(&out, '{');
    for (size_t i = 0; i < LENGTH(KEPT); i++) {
        str text = http_request_header(http, KEPT[i]);
        if (text.ptr == NULL)
            continue;
        buf_append(&out, is_first ? STR("") : STR(","));
        json_write_string(&out, KEPT[i]);
        buf_append_char(&out, ':');
        json_write_string(&out, text);
        is_first = false;
    }
    buf_append_char(&out, '}');
    return arena_copy(a, buf_str(&out));
}

err *async_write_accept(arena *a, rest_request *r) {
    const http_request *http = r->http;
    async_request later = {
        .owner = idempotency_scope(&r->caller.principal),
        .method = METHODS[http->method],
        .path = http->path,
        .query = http->query,
        .headers = kept_headers(a, http),
        .body = http->body,
    };
    TRY(async_request_enqueue(&r->caller, &later));
    r->reply->status = 202;
    http_reply_add(r->reply, STR("Location"),
                   arena_printf(a, "/rest/v1/jobs/%.*s", STR_ARG(later.id)));
    http_reply_add(r->reply, STR("Preference-Applied"), STR("respond-async"));
    return NULL;
}

/* ---- Its state ---------------------------------------------------------- */

static void write_text(buf *out, str name, str text) {
    buf_append(out, name);
    if (str_is_empty(text))
        buf_append(out, STR("null"));
    else
        json_write_string(out, text);
}

static void write_state(buf *out, const async_request *s) {
    write_text(out, STR("{\"id\":"), s->id);
    write_text(out, STR(",\"status\":"),
               s->status == 0 ? STR("pending") : STR("done"));
    write_text(out, STR(",\"createdAt\":"), s->created_at);
    write_text(out, STR(",\"finishedAt\":"), s->finished_at);
    buf_append(out, STR(",\"response\":"));
    buf_append(out, s->status == 0 ? STR("null") : s->answer);
    buf_append_char(out, '}');
}

err *async_write_serve_state(arena *a, rest_request *r, str id) {
    async_request state;
    bool is_there = false;
    str owner = idempotency_scope(&r->caller.principal);
    if (async_request_is_possible(r->caller.app))
        TRY(async_request_find(&r->caller, id, &is_there, &state));
    if (!is_there || !str_equal(state.owner, owner))
        return err_with_hint(
            err_new(a, ERR_NOT_FOUND, "there is no such job"),
            STR("its state is kept for a day, for who sent the request"));
    r->reply->status = 200;
    r->reply->content_type = REPLY_JSON;
    write_state(r->reply->body, &state);
    if (state.status == 0)
        http_reply_add(r->reply, STR("Retry-After"), STR("1"));
    return NULL;
}
