/*
 * api_world.h: all HTTP interfaces over a real database, without a socket.
 *
 *     api_world *w = api_world_new(a);
 *     api_answer got = api_ask(w, "GET /rest/v1/task?id=eq.1", "", "");
 *     assert_int_equal(got.status, 200);
 *
 * The schema is TASKS_SCHEMA, and the clock stands still until a test moves it.
 */
#ifndef TEST_SUPPORT_API_WORLD_H
#define TEST_SUPPORT_API_WORLD_H

#include "api/api.h"
#include "test/support/database_world.h"

typedef struct api_world {
    arena *a;
    database_world *database;
    fake_clock clock;
    app app;
    api_service *api;
} api_world;

typedef struct api_answer {
    int status;
    str content_type;
    str body;
    str headers; /* "Name: value\n" each, in order */
} api_answer;

api_world *api_world_new(arena *a);
void api_world_free(api_world *w);

/* The same over another schema, on either engine; NULL without a server. The
 * app may be changed before the first request. */
api_world *api_world_over(arena *a, engine_kind engine, const char *text);

/* target is "METHOD path?query", headers are "Name: value" lines. */
api_answer api_ask(api_world *w, const char *target, const char *headers,
                   const char *body);

/* The value of a header of the answer, or an empty str. */
str api_header(const api_answer *answer, str name);

/* What an exchange should look like. NULL: whatever it is. */
typedef struct api_case {
    const char *target;
    const char *headers;
    const char *body;
    int status;
    const char *answer;
    const char *header; /* a line that must be among the headers */
} api_case;
void api_check(api_world *w, const api_case *cases, size_t count);

#endif
