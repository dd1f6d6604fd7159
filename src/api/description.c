#include "api/description.h"

#include "api/reply.h"
#include "base/json.h"
#include "core/policy.h"
#include "generate/openapi.h"
#include "generate/typescript.h"

/* A schema of a thousand tables makes one of some megabytes. */
enum { MAX_BYTES = 64 * 1024 * 1024 };

/* Whom it is for, and what of the database they may see. */
typedef struct reader {
    caller caller;
    exposure exposed;
    const role_rights *rights; /* or NULL: those of our policies */
} reader;

/* A row of a function is nobody's but the function's. */
static bool allows(const void *who, const model *m, operation op) {
    const reader *r = who;
    if (!exposure_shows(&r->exposed, m))
        return false;
    return r->rights != NULL ? role_rights_allow(r->rights, m, op)
                             : policy_allows(&r->caller, m, op);
}

static bool shows(const void *who, const field *f) {
    const reader *r = who;
    return policy_shows(r->caller.app, f);
}

static bool sets(const void *who, const field *f) {
    const reader *r = who;
    return !f->is_password && field_is_visible(f) &&
           policy_sets(r->caller.app, f);
}

typedef void write_document(arena *a, buf *out, const schema *s,
                            const schema_view *view);

static reader anybody(arena *a, const app *application) {
    const exposure *exposed = &application->exposed;
    return (reader){
        .caller = {.app = application, .arena = a},
        .exposed = exposed->count > 0 ? *exposed
                                      : exposure_of_all(a, application->schema),
    };
}

static schema_view view_of(const reader *r) {
    return (schema_view){
        .context = r, .allows = allows, .shows = shows, .sets = sets};
}

static str make(arena *a, const app *application, write_document *write) {
    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    CLEANUP(arena_release) arena *scratch = arena_new();
    reader who = anybody(scratch, application);
    schema_view view = view_of(&who);
    write(scratch, &out, application->schema, &view);
    return arena_copy(a, buf_str(&out));
}

description description_new(arena *a, const app *application) {
    return (description){.a = a, .app = application};
}

str description_openapi(description *d) {
    if (str_is_empty(d->openapi))
        d->openapi = make(d->a, d->app, openapi_write);
    return d->openapi;
}

str description_typescript(const description *d) {
    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    CLEANUP(arena_release) arena *scratch = arena_new();
    reader who = anybody(scratch, d->app);
    schema_view view = view_of(&who);
    typescript_write(scratch, &out, d->app->schema, &view, who.exposed.names,
                     who.exposed.count);
    return arena_copy(d->a, buf_str(&out));
}

err *description_require(arena *a, const app *application) {
    if (application->describes != DESCRIBES_NOTHING)
        return NULL;
    return err_new(a, ERR_NO_DESCRIPTION, "Root endpoint metadata is disabled");
}

void description_serve_openapi(description *d, http_reply *reply) {
    reply->status = 200;
    reply->content_type = REPLY_JSON;
    buf_append(reply->body, description_openapi(d));
}

static void begin_swagger(const http_request *request, http_reply *reply) {
    str host = http_request_header(request, STR("Host"));
    reply->status = 200;
    reply->content_type = STR("application/openapi+json; charset=utf-8");
    buf_append(reply->body, STR("{\n  \"swagger\": \"2.0\",\n  \"host\": "));
    json_write_string(reply->body, host);
    buf_append_char(reply->body, ',');
}

void description_serve_swagger(description *d, const http_request *request,
                               http_reply *reply) {
    if (str_is_empty(d->swagger))
        d->swagger = make(d->a, d->app, openapi_write_swagger);
    begin_swagger(request, reply);
    buf_append(reply->body, d->swagger);
}

/* ---- Where the database decides ------------------------------------------ */

static void write_view(const description_view *v, http_reply *reply,
                       write_document *write) {
    CLEANUP(arena_release) arena *scratch = arena_new();
    reader who = {.caller = {.app = v->app, .arena = scratch},
                  .exposed = {&v->schema_name, 1},
                  .rights = v->rights};
    schema_view view = view_of(&who);
    write(scratch, reply->body, v->app->schema, &view);
}

void description_write_openapi(const description_view *v, http_reply *reply) {
    reply->status = 200;
    reply->content_type = REPLY_JSON;
    write_view(v, reply, openapi_write);
}

void description_write_swagger(const description_view *v,
                               const http_request *request, http_reply *reply) {
    begin_swagger(request, reply);
    write_view(v, reply, openapi_write_swagger);
}
