#include "api/operator_door.h"

#include "api/reply.h"
#include "core/operator_access.h"
#include "core/system_caller.h"
#include "database/feed.h"
#include "database/system_schema.h"

operator_door operator_door_new(arena *a, const app *application) {
    return (operator_door){.a = a, .app = application};
}

/* ---- From where ---------------------------------------------------------- */

static bool is_covered(arena *a, const operator_rules *rules, str place) {
    address_range one;
    if (address_range_parse(a, place, &one) != NULL)
        return false;
    for (size_t i = 0; i < rules->range_count; i++)
        if (address_range_covers(&rules->ranges[i], &one))
            return true;
    return false;
}

/* What proxies say of whom they speak for. */
static bool is_passed_on(const http_request *request) {
    static const str NAMES[] = {
        STR_INIT("Forwarded"),        STR_INIT("Via"),
        STR_INIT("X-Real-IP"),        STR_INIT("X-Client-IP"),
        STR_INIT("X-Forwarded"),      STR_INIT("X-Forwarded-For"),
        STR_INIT("X-Forwarded-Host"), STR_INIT("X-Forwarded-Proto"),
        STR_INIT("X-Forwarded-Port"), STR_INIT("CF-Connecting-IP"),
        STR_INIT("True-Client-IP"),   STR_INIT("X-Cluster-Client-IP"),
    };
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        if (http_request_header(request, NAMES[i]).ptr != NULL)
            return true;
    return false;
}

/* "localhost:54321", "127.0.0.1", "[::1]:54321": most proxies that say nothing
 * else hand on the name that they were asked for. */
static bool is_for_here(arena *a, const operator_rules *rules,
                        const http_request *request) {
    str host = http_request_header(request, STR("Host"));
    str name = str_slice(host, 0, str_find_char(host, ':'));
    return str_is_empty(host) ||
           str_equal_ignoring_case(name, STR("localhost")) ||
           is_covered(a, rules, host);
}

static err *check_place(const operator_rules *rules,
                        const http_request *request) {
    arena *a = request->arena;
    bool is_good = is_covered(a, rules, request->peer) &&
                   (!rules->is_local ||
                    (!is_passed_on(request) && is_for_here(a, rules, request)));
    if (is_good)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_TOKEN, "the operator's token is not taken from here"),
        STR("it is for this machine alone, unless the server is started with "
            "--operator-from"));
}

/* ---- For what ------------------------------------------------------------ */

static bool is_read(const http_request *request) {
    return request->method == HTTP_GET || request->method == HTTP_HEAD;
}

static err *refuse(arena *a, str hint) {
    return err_with_hint(err_new(a, ERR_DENIED,
                                 "permission denied: the operator's token is "
                                 "for reading Tenon's own tables"),
                         hint);
}

/* Before anything else is made of a write, be it only kept for later. */
static err *check_purpose(const http_request *request) {
    str named = http_request_header(request, STR("Accept-Profile"));
    if (!is_read(request))
        return refuse(request->arena, STR("nothing is written with it"));
    if (!str_equal(named, SYSTEM_SCHEMA_NAME))
        return refuse(request->arena,
                      STR("ask for them with the header Accept-Profile: tenon, "
                          "and for others without this token"));
    return NULL;
}

static err *check(const operator_door *d, const caller *who,
                  const http_request *request) {
    const operator_rules *rules = d->app->operators;
    arena *a = request->arena;
    if (rules == NULL || d->app->system == NULL)
        return err_new(a, ERR_TOKEN, "there is no operator here");
    TRY(check_place(rules, request));
    caller us = system_caller(a, d->app, who->session, STR("operator's token"));
    TRY(operator_access_check(
        &us, rules, operator_token_of_header(request->authorization)));
    return check_purpose(request);
}

/* ---- Answers ------------------------------------------------------------- */

/* Who it is, is known: another sign-in is not what is asked for. */
static void forbid(http_reply *reply) {
    size_t kept = 0;
    if (reply->status != 401)
        return;
    reply->status = 403;
    for (size_t i = 0; i < reply->header_count; i++)
        if (!str_equal(reply->headers[i].name, STR("WWW-Authenticate")))
            reply->headers[kept++] = reply->headers[i];
    reply->header_count = kept;
}

/* Events wait for their sequences until somebody reads them in order. A database
 * without guards has none, and no table of them, as the read will say. */
static err *number_events(const operator_door *d, const caller *who, str tail) {
    int64_t end;
    if (!str_equal(tail, STR("event")))
        return NULL;
    feed f = feed_of(d->app->system);
    err *e = feed_end(&f, who->session, who->arena, &end);
    return e != NULL && e->code == ERR_OPERATOR_TYPE ? NULL : e;
}

static void serve_tables(operator_door *d, const caller *who, str tail,
                         const http_request *request, http_reply *reply) {
    caller reader = *who;
    reader.principal.kind = PRINCIPAL_OPERATOR;
    reader.origin = NULL;
    err *e = number_events(d, who, tail);
    if (e != NULL) {
        reply_error(request->arena, reply, e);
        return;
    }
    if (d->rest == NULL)
        d->rest = rest_new_of_system(d->a, d->app);
    rest_serve(d->rest, &reader, tail, request, reply);
}

/* PostgreSQL's names of the tables are those of the interface. */
static err *prepare_description(operator_door *d) {
    static const str NAMES[] = {STR_INIT("tenon")};
    if (d->shown.schema != NULL)
        return NULL;
    app shown = *d->app;
    shown.exposed = (exposure){NAMES, LENGTH(NAMES)};
    shown.describes = DESCRIBES_ALLOWED;
    shown.is_dev_open = false;
    TRY(system_schema_load(d->a, NULL, ENGINE_POSTGRESQL, &shown.schema));
    d->shown = shown;
    d->description = description_new(d->a, &d->shown, PRINCIPAL_OPERATOR);
    return NULL;
}

static void serve_description(operator_door *d, bool is_openapi,
                              const http_request *request, http_reply *reply) {
    err *e = description_require(request->arena, d->app);
    if (e == NULL)
        e = prepare_description(d);
    if (e != NULL)
        reply_error(request->arena, reply, e);
    else if (is_openapi)
        description_serve_openapi(&d->description, request, reply);
    else
        description_serve_swagger(&d->description, request, reply);
}

void operator_door_serve(operator_door *d, const caller *who, route to,
                         const http_request *request, http_reply *reply) {
    err *e = check(d, who, request);
    bool is_openapi = to.target == ROUTE_OPENAPI;
    if (e != NULL)
        reply_error(request->arena, reply, e);
    else if (is_openapi || (str_is_empty(to.tail) && is_read(request)))
        serve_description(d, is_openapi, request, reply);
    else
        serve_tables(d, who, to.tail, request, reply);
    if (e == NULL || e->code == ERR_DENIED)
        forbid(reply);
}
