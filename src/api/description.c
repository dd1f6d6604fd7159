#include "api/description.h"

#include "api/reply.h"
#include "base/json.h"
#include "core/policy.h"
#include "generate/openapi.h"
#include "generate/typescript.h"
#include "schema/function.h"

/* A schema of a thousand tables makes one of some megabytes. */
enum { MAX_BYTES = 64 * 1024 * 1024 };

/* Whom it is for, and what of the database they may see. */
typedef struct reader {
    caller caller;
    exposure exposed;
    const role_rights *rights; /* or NULL: those of our policies */
} reader;

/* Functions of the schema file are in no schema of the database. */
static bool is_exposed(const reader *r, const model *m) {
    const function *f = m->function;
    if (!m->is_shape)
        return exposure_shows(&r->exposed, m);
    return f == NULL || !f->is_foreign ||
           exposure_has(&r->exposed, f->database_schema);
}

/* A row of a function is nobody's but the function's. */
static bool allows(const void *who, const model *m, operation op) {
    const reader *r = who;
    if (!is_exposed(r, m))
        return false;
    return r->rights != NULL ? role_rights_allow(r->rights, m, op)
                             : policy_allows(&r->caller, m, op);
}

static bool shows(const void *who, const field *f) {
    const reader *r = who;
    return policy_shows(&r->caller, f);
}

static bool sets(const void *who, const field *f) {
    const reader *r = who;
    return !f->is_password && field_is_visible(f) && policy_sets(&r->caller, f);
}

typedef void write_document(arena *a, buf *out, const schema *s,
                            const schema_view *view);

static reader reader_of(arena *a, const description *d, exposure exposed) {
    return (reader){
        .caller = {.app = d->app, .arena = a, .principal = {d->reader}},
        .exposed = exposed};
}

static schema_view view_of(const reader *r) {
    return (schema_view){
        .context = r, .allows = allows, .shows = shows, .sets = sets};
}

static str make(const description *d, size_t at, write_document *write) {
    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    CLEANUP(arena_release) arena *scratch = arena_new();
    exposure one = {&d->exposed.names[at], 1};
    reader who = reader_of(scratch, d, one);
    schema_view view = view_of(&who);
    write(scratch, &out, d->app->schema, &view);
    return arena_copy(d->a, buf_str(&out));
}

description description_new(arena *a, const app *application,
                            principal_kind whose) {
    exposure exposed = application->exposed.count > 0
                           ? application->exposed
                           : exposure_of_all(a, application->schema);
    return (description){.a = a,
                         .app = application,
                         .reader = whose,
                         .exposed = exposed,
                         .openapi = arena_new_array(a, str, exposed.count),
                         .swagger = arena_new_array(a, str, exposed.count)};
}

static str openapi_of(description *d, size_t at) {
    if (str_is_empty(d->openapi[at]))
        d->openapi[at] = make(d, at, openapi_write);
    return d->openapi[at];
}

static str swagger_of(description *d, size_t at) {
    if (str_is_empty(d->swagger[at]))
        d->swagger[at] = make(d, at, openapi_write_swagger);
    return d->swagger[at];
}

str description_openapi(description *d) {
    return openapi_of(d, 0);
}

str description_typescript(const description *d) {
    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    CLEANUP(arena_release) arena *scratch = arena_new();
    reader who = reader_of(scratch, d, d->exposed);
    schema_view view = view_of(&who);
    typescript_write(scratch, &out, d->app->schema, &view, d->exposed.names,
                     d->exposed.count);
    return arena_copy(d->a, buf_str(&out));
}

err *description_require(arena *a, const app *application) {
    if (application->describes != DESCRIBES_NOTHING)
        return NULL;
    return err_new(a, ERR_NO_DESCRIPTION, "Root endpoint metadata is disabled");
}

/* Which of the exposed schemas is asked about; false: the reply says what is
 * wrong. */
static bool choose(const description *d, const http_request *request,
                   http_reply *reply, size_t *at) {
    str named = http_request_header(request, STR("Accept-Profile"));
    str chosen;
    err *e = exposure_choose(request->arena, &d->exposed, named, &chosen);
    if (e != NULL) {
        reply_error(request->arena, reply, e);
        return false;
    }
    *at = 0;
    while (!str_equal(d->exposed.names[*at], chosen))
        (*at)++;
    if (named.ptr != NULL || d->exposed.count > 1)
        http_reply_add(reply, STR("Content-Profile"), d->exposed.names[*at]);
    return true;
}

void description_serve_openapi(description *d, const http_request *request,
                               http_reply *reply) {
    size_t at;
    if (!choose(d, request, reply, &at))
        return;
    reply->status = 200;
    reply->content_type = REPLY_JSON;
    buf_append(reply->body, openapi_of(d, at));
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
    size_t at;
    if (!choose(d, request, reply, &at))
        return;
    begin_swagger(request, reply);
    buf_append(reply->body, swagger_of(d, at));
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
