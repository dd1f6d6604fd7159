#include "api/rest/rest.h"

#include <inttypes.h>

#include "api/reply.h"
#include "api/rest/async_write.h"
#include "api/rest/batch.h"
#include "api/rest/call.h"
#include "api/rest/call_arguments.h"
#include "api/rest/read.h"
#include "api/rest/rest_raise.h"
#include "api/rest/rest_request.h"
#include "api/rest/rest_scope.h"
#include "api/rest/root.h"
#include "api/rest/write.h"
#include "base/assert.h"
#include "base/url.h"

enum { NO_ITEM = -1 };

struct rest {
    rest_tables tables;
    const rest_tables *called; /* or NULL */
};

rest *rest_new(arena *a, const app *application) {
    rest *r = arena_new_array(a, rest, 1);
    *r = (rest){.tables = rest_tables_new(a, application)};
    if (application->called != NULL) {
        rest_tables *called = arena_new_array(a, rest_tables, 1);
        *called = rest_tables_new_called(a, application);
        r->called = called;
    }
    return r;
}

rest *rest_new_of_system(arena *a, const app *application) {
    rest *r = arena_new_array(a, rest, 1);
    *r = (rest){.tables = rest_tables_new_of_system(a, application)};
    return r;
}

/* tail is what follows "rpc/". */
static err *serve_call(arena *a, rest_request *r, str tail) {
    const schema *s = r->tables->schema;
    str name;
    if (str_find_char(tail, '/') < tail.len)
        return err_new(a, ERR_UNKNOWN_PATH,
                       "Invalid path specified in request URL");
    TRY(url_decode_path(a, tail, &name));
    if (s->is_foreign)
        return call_serve_foreign(a, r, (str){0}, name);
    const function *f = schema_find_function(s, name);
    bool is_callable = f != NULL && f->computed_of == NULL;
    if (is_callable)
        return call_serve(a, r, f);
    return r->called != NULL ? call_serve_foreign(a, r, (str){0}, name)
                             : call_arguments_refuse(a, s, name);
}

static err *answer(arena *a, rest_request *r) {
    TRY(rest_request_read(a, r));
    switch (r->http->method) {
    case HTTP_GET:
    case HTTP_HEAD:
        return read_serve(a, r);
    case HTTP_POST:
    case HTTP_PATCH:
    case HTTP_PUT:
    case HTTP_DELETE:
        return write_serve(a, r);
    case HTTP_OPTIONS:
    case HTTP_OTHER_METHOD:
        break;
    }
    PANIC("the router lets no other method through");
}

static err *dispatch(arena *a, rest_request *r, str tail, int64_t *failed_at) {
    static const str CALLS = STR_INIT("rpc/");
    static const str JOBS = STR_INIT("jobs/");
    if (tail.ptr == NULL)
        return root_serve_openapi(a, r);
    if (str_starts_with(tail, CALLS))
        return serve_call(a, r, str_slice(tail, CALLS.len, tail.len));
    if (str_starts_with(tail, JOBS) && r->http->method == HTTP_GET)
        return async_write_serve_state(a, r,
                                       str_slice(tail, JOBS.len, tail.len));
    if (str_is_empty(tail) && r->http->method == HTTP_POST)
        return batch_serve(a, r, failed_at);
    if (str_is_empty(tail) && r->http->method == HTTP_GET)
        return root_serve(a, r);
    TRY(rest_request_find_table(a, r, tail));
    return answer(a, r);
}

/* What is known of a request that failed. */
typedef struct failure {
    int64_t at; /* of a batch */
    bearer who;
    bool is_foreign; /* the database's own words about what is its own */
} failure;

static bool is_foreign(const rest_request *r) {
    return r->caller.app->impersonation != NULL ||
           (r->call != NULL && r->call->function->is_foreign);
}

static err *serve(arena *a, const rest *r, const caller *who, str tail,
                  const http_request *http, http_reply *reply, failure *f) {
    rest_request request = {
        .tables = &r->tables,
        .called = r->called,
        .http = http,
        .reply = reply,
        .caller = *who,
    };
    TRY(rest_scope_open(a, &request, &f->who));
    request_times_end(who->times, REQUEST_JWT);
    err *e = dispatch(a, &request, tail, &f->at);
    if (LIKELY(e == NULL))
        return rest_scope_answer(a, &request);
    f->is_foreign = is_foreign(&request);
    return e;
}

/* Failures of ours, with what lies under them; what a client got wrong it is
 * told, and nobody else. Who hangs up cancels the request, and could fill the
 * log by doing so. */
static void report(const caller *who, const http_request *request,
                   const err *e) {
    const logger *log = who->app->log;
    if (log == NULL || e->code == ERR_CANCELLED ||
        reply_error_status(e->code) < 500)
        return;
    str id = arena_printf(who->arena, "%" PRIu64, request->id);
    logger line = logger_for_request(log, id);
    log_error(&line, "request failed", LOG_STR("path", request->path),
              LOG_STR("code", reply_error_code(e->code)), LOG_CAUSE(e),
              LOG_END);
}

/* Where the database decides, its code says the status; and who has said who
 * they are is told so. */
static void correct_status(const err *e, const bearer *who,
                           size_t headers_before, http_reply *reply) {
    if (!str_is_empty(e->foreign_code))
        reply->status = reply_sqlstate_status(e->foreign_code);
    bool is_known = !str_is_empty(who->role) && !who->is_anonymous;
    if (reply->status != 401 || !is_known)
        return;
    reply->status = 403;
    reply->header_count = headers_before;
}

/* {"code":...,"index":2} */
static void add_index(buf *body, int64_t index) {
    body->len--;
    buf_printf(body, ",\"index\":%" PRId64 "}", index);
}

void rest_serve(const rest *r, const caller *who, str tail,
                const http_request *request, http_reply *reply) {
    size_t headers_before = reply->header_count;
    failure f = {.at = NO_ITEM, .is_foreign = who->app->impersonation != NULL};
    err *e = serve(request->arena, r, who, tail, request, reply, &f);
    if (e == NULL)
        return;
    report(who, request, e);
    reply->header_count = headers_before;
    err *misraised = NULL;
    bool is_raised = f.is_foreign && rest_raise_is(e);
    if (is_raised)
        misraised = rest_raise_reply(request->arena, e, reply);
    if (misraised != NULL)
        e = misraised;
    if (!is_raised || misraised != NULL)
        reply_error(request->arena, reply, e);
    if (f.is_foreign && !is_raised)
        correct_status(e, &f.who, headers_before, reply);
    if (f.at != NO_ITEM)
        add_index(reply->body, f.at);
    str code = str_is_empty(e->foreign_code) ? reply_error_code(e->code)
                                             : e->foreign_code;
    http_reply_add(
        reply, STR("Proxy-Status"),
        arena_printf(who->arena, "PostgREST; error=%.*s", STR_ARG(code)));
}
