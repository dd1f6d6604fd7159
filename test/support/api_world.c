#include "test/support/api_world.h"

#include "test/support/tasks.h"
#include "test/support/test.h"

enum { MAX_BODY = 1 << 20, MAX_HEADERS = 16 };

api_world *api_world_new(arena *a) {
    return api_world_over(a, ENGINE_SQLITE, TASKS_SCHEMA.ptr);
}

api_world *api_world_over(arena *a, engine_kind engine, const char *text) {
    api_world *w = arena_new_array(a, api_world, 1);
    w->a = a;
    database_world_begin_on(engine, text, &w->database);
    if (w->database == NULL)
        return NULL;
    w->clock.wall_us = INT64_C(1706702400123000); /* 2024-01-31 12:00:00 */
    w->app = (app){
        .schema = w->database->schema,
        .system = w->database->system,
        .database = w->database->database,
        .max_rows = 1000,
        .clock = &w->clock,
    };
    w->api = api_new(a, &w->app, w->database->session);
    return w;
}

void api_world_free(api_world *w) {
    database_world_free(w->database);
}

static size_t read_headers(str text, http_header *out) {
    size_t count = 0;
    while (!str_is_empty(text)) {
        str line = str_split(&text, '\n');
        str name = str_split(&line, ':');
        assert_true(count < MAX_HEADERS);
        out[count++] = (http_header){name, str_trim(line)};
    }
    return count;
}

static http_method method_of(str name) {
    static const str NAMES[] = {
        [HTTP_GET] = STR_INIT("GET"),        [HTTP_HEAD] = STR_INIT("HEAD"),
        [HTTP_POST] = STR_INIT("POST"),      [HTTP_PUT] = STR_INIT("PUT"),
        [HTTP_PATCH] = STR_INIT("PATCH"),    [HTTP_DELETE] = STR_INIT("DELETE"),
        [HTTP_OPTIONS] = STR_INIT("OPTIONS")};
    size_t i = 0;
    while (i < LENGTH(NAMES) && !str_equal(NAMES[i], name))
        i++;
    return (http_method)i;
}

typedef struct exchange {
    api_world *world;
    http_request request;
    http_reply reply;
} exchange;

static err *serve(void *argument) {
    exchange *e = argument;
    http_service *service = &e->world->api->http;
    service->serve(service, &e->request, &e->reply);
    return NULL;
}

static api_answer keep(arena *a, const http_reply *reply) {
    api_answer got = {
        .status = reply->status,
        .content_type = arena_copy(a, reply->content_type),
        .body = arena_copy(a, buf_str(reply->body)),
    };
    for (size_t i = 0; i < reply->header_count; i++)
        got.headers = arena_printf(a, "%.*s%.*s: %.*s\n", STR_ARG(got.headers),
                                   STR_ARG(reply->headers[i].name),
                                   STR_ARG(reply->headers[i].value));
    return got;
}

api_answer api_ask(api_world *w, const char *target, const char *headers,
                   const char *body) {
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf answer = buf_new(MAX_BODY);
    http_header lines[MAX_HEADERS];
    str url = str_of(target);
    exchange e = {.world = w, .reply = {.body = &answer}};
    e.request.method = method_of(str_split(&url, ' '));
    e.request.path = str_split(&url, '?');
    e.request.query = url;
    e.request.headers = lines;
    e.request.header_count = read_headers(str_of(headers), lines);
    e.request.authorization =
        http_request_header(&e.request, STR("Authorization"));
    e.request.body = str_of(body);
    e.request.arena = a;
    e.request.loop = w->database->loop;
    e.request.deadline = deadline_never();
    expect_ok(database_world_run(w->database, serve, &e));
    return keep(w->a, &e.reply);
}

str api_header(const api_answer *answer, str name) {
    str lines = answer->headers;
    while (!str_is_empty(lines)) {
        str line = str_split(&lines, '\n');
        if (str_equal_ignoring_case(str_split(&line, ':'), name))
            return str_trim(line);
    }
    return (str){0};
}

static bool has_line(str text, str line) {
    while (!str_is_empty(text)) {
        if (str_equal(str_split(&text, '\n'), line))
            return true;
    }
    return false;
}

void api_check(api_world *w, const api_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const api_case *c = &cases[i];
        api_answer got = api_ask(w, c->target, c->headers ? c->headers : "",
                                 c->body ? c->body : "");
        bool is_wanted =
            got.status == c->status &&
            (c->answer == NULL || str_equal(got.body, str_of(c->answer))) &&
            (c->header == NULL || has_line(got.headers, str_of(c->header)));
        if (is_wanted)
            continue;
        print_error("%s\n  got  %d %.*s\n%.*s  want %d %s\n%s\n", c->target,
                    got.status, STR_ARG(got.body), STR_ARG(got.headers),
                    c->status, c->answer ? c->answer : "(any)",
                    c->header ? c->header : "");
        fail();
    }
}
