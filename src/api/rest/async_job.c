/* async_job.c: the job of async_write.h. */
#include "api/rest/async_write.h"
#include "api/rest/rest.h"
#include "base/json.h"
#include "core/async_request.h"
#include "io/fiber.h"

enum {
    MAX_ATTEMPTS = 5,
    MAX_HEADERS = 16,
    REPLY_MAX = 1024 * 1024, /* of one without rows */
};

typedef struct async_job {
    job_kind kind; /* first */
    const rest *rest;
} async_job;

static const str ROOT = STR_INIT("/rest/v1/");

/* ---- The request -------------------------------------------------------- */

static http_method method_of(str name) {
    return str_equal(name, STR("PUT"))      ? HTTP_PUT
           : str_equal(name, STR("PATCH"))  ? HTTP_PATCH
           : str_equal(name, STR("DELETE")) ? HTTP_DELETE
                                            : HTTP_POST;
}

/* Of a preference that is given twice the first one counts: nothing is handed
 * back but how many rows there were. */
static err *read_headers(arena *a, const async_request *kept,
                         http_request *out) {
    http_header *headers = arena_new_array(a, http_header, MAX_HEADERS);
    const json *list;
    size_t count = 0;
    headers[count++] =
        (http_header){STR("Prefer"), STR("return=minimal, count=exact")};
    TRY(json_parse(a, kept->headers, &list));
    for (uint32_t i = 0; i < list->count && count < MAX_HEADERS - 1; i++)
        headers[count++] = (http_header){list->keys[i], list->items[i].text};
    out->headers = headers;
    out->header_count = count;
    if (http_request_header(out, STR("Idempotency-Key")).ptr == NULL)
        headers[out->header_count++] =
            (http_header){STR("Idempotency-Key"),
                          arena_printf(a, "job-%.*s", STR_ARG(kept->id))};
    return NULL;
}

static err *read_request(arena *a, const async_request *kept,
                         http_request *out) {
    *out = (http_request){
        .method = method_of(kept->method),
        .path = kept->path,
        .query = kept->query,
        .body = kept->body,
        .arena = a,
        .deadline = deadline_never(),
    };
    if (fiber_current() != NULL)
        out->loop = fiber_loop(fiber_current());
    return read_headers(a, kept, out);
}

/* Whoever sent it: nobody signs in yet. */
static caller caller_of(const job_run *r) {
    caller c = *r->caller;
    c.principal = (principal){PRINCIPAL_ANONYMOUS};
    c.is_job = true;
    return c;
}

/* ---- The answer --------------------------------------------------------- */

static str reply_header(const http_reply *reply, str name) {
    for (size_t i = 0; i < reply->header_count; i++) {
        if (str_equal_ignoring_case(reply->headers[i].name, name))
            return reply->headers[i].value;
    }
    return (str){0};
}

/* What stands behind the slash of Content-Range. */
static int64_t affected_by(const http_reply *reply) {
    str range = reply_header(reply, STR("Content-Range"));
    int64_t rows = -1;
    (void)str_split(&range, '/');
    return reply->status < 300 && str_parse_int64(range, &rows) ? rows : -1;
}

static void write_answer(buf *out, const http_reply *reply, int64_t affected) {
    str location = reply_header(reply, STR("Location"));
    bool has_failed = reply->status >= 400 && reply->body->len > 0;
    buf_printf(out, "{\"status\":%d,\"affected\":", reply->status);
    if (affected >= 0)
        buf_append_int(out, affected);
    else
        buf_append(out, STR("null"));
    buf_append(out, STR(",\"location\":"));
    if (location.ptr != NULL)
        json_write_string(out, location);
    else
        buf_append(out, STR("null"));
    buf_append(out, STR(",\"error\":"));
    buf_append(out, has_failed ? buf_str(reply->body) : STR("null"));
    buf_append_char(out, '}');
}

static err *finish(const job_run *r, async_request *kept,
                   const http_reply *reply) {
    CLEANUP(buf_free) buf text = buf_new(2 * REPLY_MAX);
    kept->status = reply->status;
    kept->affected = affected_by(reply);
    write_answer(&text, reply, kept->affected);
    kept->answer = buf_str(&text);
    return async_request_finish(r->caller, kept);
}

/* ---- A run -------------------------------------------------------------- */

static err *serve(const async_job *self, job_run *r, async_request *kept) {
    CLEANUP(buf_free) buf body = buf_new(REPLY_MAX);
    arena *a = r->caller->arena;
    caller who = caller_of(r);
    http_request request;
    http_reply reply = {.body = &body};
    TRY(read_request(a, kept, &request));
    str tail = str_slice(kept->path, ROOT.len, kept->path.len);
    rest_serve(self->rest, &who, tail, &request, &reply);
    bool may_do_better = reply.status >= 500 && r->attempt < MAX_ATTEMPTS;
    if (may_do_better)
        return err_new(a, ERR_UNAVAILABLE, "the request was answered %d: %.*s",
                       reply.status, STR_ARG(buf_str(&body)));
    return finish(r, kept, &reply);
}

static err *run(const job_kind *kind, job_run *r) {
    const async_job *self = (const async_job *)kind;
    arena *a = r->caller->arena;
    const json *payload;
    async_request kept;
    bool is_there = false;
    TRY(json_parse(a, r->payload, &payload));
    const json *id = json_find(payload, STR("request"));
    if (id != NULL && id->kind == JSON_STRING)
        TRY(async_request_find(r->caller, id->text, &is_there, &kept));
    if (is_there)
        return kept.status == 0 ? serve(self, r, &kept) : NULL;
    r->is_final = true;
    return err_new(a, ERR_NOT_FOUND, "the request is not kept any more");
}

const job_kind *async_write_job(arena *a, const app *application) {
    async_job *job = arena_new_array(a, async_job, 1);
    *job = (async_job){
        .kind = {.name = STR_INIT(ASYNC_REQUEST_JOB),
                 .run = run,
                 .max_attempts = MAX_ATTEMPTS},
        .rest = rest_new(a, application),
    };
    return &job->kind;
}
