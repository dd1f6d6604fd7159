#include "test/support/api_world.h"
#include "test/support/test.h"

#define OBJECT "Accept: application/vnd.pgrst.object+json"

static int begin(void **state) {
    api_world *w = api_world_new(arena_new());
    *state = w;
    api_answer got = api_ask(
        w, "POST /rest/v1/task", "",
        "[{\"title\":\"alpha\",\"status\":\"OPEN\",\"is_urgent\":true,"
        "\"points\":5,\"created_at\":\"2024-01-01\","
        "\"updated_at\":\"2024-01-01T00:00:00.12Z\"},"
        "{\"title\":\"beta\",\"status\":\"on hold\",\"is_urgent\":false,"
        "\"points\":null,\"created_at\":\"2024-01-02\","
        "\"updated_at\":\"2024-01-02\"},"
        "{\"title\":\"gamma\",\"status\":\"DONE\",\"is_urgent\":null,"
        "\"points\":7,\"created_at\":\"2024-01-03\","
        "\"updated_at\":\"2024-01-03\"}]");
    assert_int_equal(got.status, 201);
    database_world_sql(
        w->database,
        "INSERT INTO secret VALUES (1, 'hidden');"
        "INSERT INTO member VALUES ('b', 'x', 'lead'), ('a', 'y', 'guest'),"
        " ('a', 'x', 'guest')");
    return 0;
}

static int end(void **state) {
    api_world *w = *state;
    arena *a = w->a;
    api_world_free(w);
    arena_free(a);
    return 0;
}

static void answers_lists(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/task?select=id,title", NULL, NULL, 200,
         "[{\"id\":1,\"title\":\"alpha\"},{\"id\":2,\"title\":\"beta\"},"
         "{\"id\":3,\"title\":\"gamma\"}]",
         "Content-Range: 0-2/*"},
        {"GET /rest/v1/task?id=eq.1", NULL, NULL, 200,
         "[{\"id\":1,\"title\":\"alpha\",\"status\":\"OPEN\",\"is_urgent\":true"
         ",\"points\":5,\"views\":null,\"ratio\":null,\"price\":null,"
         "\"due_at\":null,\"data\":null,\"blob\":null,\"code\":null,"
         "\"created_at\":\"2024-01-01T00:00:00+00:00\","
         "\"updated_at\":\"2024-01-01T00:00:00.12+00:00\"}]",
         "Content-Range: 0-0/*"},
        {"GET /rest/v1/task?select=n:title,id::text&id=gt.2", NULL, NULL, 200,
         "[{\"n\":\"gamma\",\"id\":\"3\"}]", NULL},
        {"GET /rest/v1/task?select=&limit=2", NULL, NULL, 200, "[{},{}]",
         "Content-Range: 0-1/*"},
        {"GET /rest/v1/task?id=in.()", NULL, NULL, 200, "[]",
         "Content-Range: */*"},
        {"GET /rest/v1/task?select=id&or=(title.eq.beta,status.eq.DONE)", NULL,
         NULL, 200, "[{\"id\":2},{\"id\":3}]", NULL},
        {"GET /rest/v1/task?select=id&title=like.*a&is_urgent=not.is.null",
         NULL, NULL, 200, "[{\"id\":1},{\"id\":2}]", NULL},
        {"GET /rest/v1/task?select=id&status=eq.on+hold", NULL, NULL, 200,
         "[{\"id\":2}]", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void orders_as_postgresql_does_and_breaks_ties(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/task?select=id&order=points", NULL, NULL, 200,
         "[{\"id\":1},{\"id\":3},{\"id\":2}]", NULL},
        {"GET /rest/v1/task?select=id&order=points.desc", NULL, NULL, 200,
         "[{\"id\":2},{\"id\":3},{\"id\":1}]", NULL},
        {"GET /rest/v1/task?select=id&order=points.nullsfirst", NULL, NULL, 200,
         "[{\"id\":2},{\"id\":1},{\"id\":3}]", NULL},
        {"GET /rest/v1/member?select=team,name", NULL, NULL, 200,
         "[{\"team\":\"a\",\"name\":\"x\"},{\"team\":\"a\",\"name\":\"y\"},"
         "{\"team\":\"b\",\"name\":\"x\"}]",
         NULL},
        {"GET /rest/v1/member?select=team,name&order=role.desc", NULL, NULL,
         200,
         "[{\"team\":\"b\",\"name\":\"x\"},{\"team\":\"a\",\"name\":\"x\"},"
         "{\"team\":\"a\",\"name\":\"y\"}]",
         NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void pages_and_counts(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/task?select=id&limit=1&offset=1", NULL, NULL, 200,
         "[{\"id\":2}]", "Content-Range: 1-1/*"},
        {"GET /rest/v1/task?select=id", "Range: 1-5", NULL, 200,
         "[{\"id\":2},{\"id\":3}]", "Content-Range: 1-2/*"},
        {"GET /rest/v1/task?select=id&limit=2", "Prefer: count=exact", NULL,
         206, "[{\"id\":1},{\"id\":2}]", "Content-Range: 0-1/3"},
        {"GET /rest/v1/task?select=id&limit=2", "Prefer: count=exact", NULL,
         206, NULL, "Preference-Applied: count=exact"},
        {"GET /rest/v1/task?id=eq.9", "Prefer: count=exact", NULL, 200, "[]",
         "Content-Range: */0"},
        {"GET /rest/v1/task?limit=0", NULL, NULL, 200, "[]",
         "Content-Range: */*"},
        {"GET /rest/v1/task?offset=9", "Prefer: count=exact", NULL, 416,
         "{\"code\":\"PGRST103\",\"message\":\"Requested range not "
         "satisfiable\",\"details\":\"An offset of 9 was requested, but there "
         "are only 3 rows.\",\"hint\":null}",
         NULL},
        {"GET /rest/v1/task?limit=-1", NULL, NULL, 416, NULL, NULL},
        {"GET /rest/v1/task", "Range: 5-2", NULL, 416, NULL, NULL},
        {"HEAD /rest/v1/task?select=id", "Range: 5-2", NULL, 200, NULL,
         "Content-Range: 0-2/*"},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void never_returns_more_rows_than_configured(void **state) {
    api_world *w = *state;
    w->app.max_rows = 2;
    static const api_case CASES[] = {
        {"GET /rest/v1/task?select=id", "Prefer: count=exact", NULL, 206,
         "[{\"id\":1},{\"id\":2}]", "Content-Range: 0-1/3"},
        {"GET /rest/v1/task?select=id&limit=9", NULL, NULL, 200,
         "[{\"id\":1},{\"id\":2}]", "Content-Range: 0-1/*"},
    };
    api_check(w, CASES, LENGTH(CASES));
}

static void answers_one_object_when_asked_for_one(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"GET /rest/v1/task?select=id,points&id=eq.2", OBJECT, NULL, 200,
         "{\"id\":2,\"points\":null}", NULL},
        {"GET /rest/v1/task?select=id,points&id=eq.2", OBJECT ";nulls=stripped",
         NULL, 200, "{\"id\":2}", NULL},
        {"GET /rest/v1/task?select=id", OBJECT, NULL, 406,
         "{\"code\":\"PGRST116\",\"message\":\"Cannot coerce the result to a "
         "single JSON object\",\"details\":\"The result contains 3 rows\","
         "\"hint\":null}",
         NULL},
        {"GET /rest/v1/task?id=eq.9", OBJECT, NULL, 406, NULL, NULL},
        {"GET /rest/v1/task?id=eq.9", "Accept: text/html", NULL, 406, NULL,
         NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    api_answer got = api_ask(w, "GET /rest/v1/task?id=eq.1", OBJECT, "");
    expect_str(got.content_type,
               STR("application/vnd.pgrst.object+json; charset=utf-8"));
}

static void answers_csv(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"GET /rest/v1/task?select=id,state:status,is_urgent,points,updated_at",
         "Accept: text/csv", NULL, 200,
         "id,state,is_urgent,points,updated_at\n"
         "1,OPEN,t,5,\"2024-01-01 00:00:00.12+00\"\n"
         "2,\"on hold\",f,,\"2024-01-02 00:00:00+00\"\n"
         "3,DONE,,7,\"2024-01-03 00:00:00+00\"",
         "Content-Range: 0-2/*"},
        {"GET /rest/v1/task?select=id,title&id=eq.9", "Accept: text/csv", NULL,
         200, "id,title", "Content-Range: */*"},
        {"GET /rest/v1/task?select=id&titel=eq.1", "Accept: text/csv", NULL,
         400, NULL, NULL},
        {"PATCH /rest/v1/task?id=eq.1&select=id,title",
         "Accept: text/csv\nPrefer: return=representation",
         "{\"title\":\"a, b\"}", 200, "id,title\n1,\"a, b\"", NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    api_answer got =
        api_ask(w, "GET /rest/v1/task?id=eq.1", "Accept: text/csv", "");
    expect_str(got.content_type, STR("text/csv; charset=utf-8"));
}

static void writes_lists_of_a_row_as_literals(void **state) {
    static const api_case CASES[] = {
        {"POST /rest/v1/listed?select=id,tags,points,flags",
         "Accept: text/csv\nPrefer: return=representation",
         "{\"tags\":[\"a\",\"b c\"],\"flags\":[true]}", 201,
         "id,tags,points,flags\n1,\"{a,\"\"b c\"\"}\",\"{1,2}\",{t}", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void says_where_the_answer_is(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/task", NULL, NULL, 200, NULL,
         "Content-Location: /rest/v1/task"},
        {"GET /rest/v1/task?select=id", NULL, NULL, 200, NULL,
         "Content-Location: /rest/v1/task?select=id"},
        {"GET /rest/v1/task?select=id&limit=2&id=gt.0&&id=gt.1", NULL, NULL,
         200, "[{\"id\":2},{\"id\":3}]",
         "Content-Location: "
         "/rest/v1/task?id=gt.0&id=gt.1&limit=2&select=id"},
        {"GET /rest/v1/task?titel=eq.1", NULL, NULL, 400, NULL,
         "Proxy-Status: PostgREST; error=42703"},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void shows_nothing_of_a_closed_model(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"GET /rest/v1/secret", NULL, NULL, 200, "[]", "Content-Range: */*"},
        {"GET /rest/v1/secret?text=eq.hidden", "Prefer: count=exact", NULL, 200,
         "[]", "Content-Range: */0"},
        {"GET /rest/v1/secret?txt=eq.hidden", NULL, NULL, 400, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    w->app.is_dev_open = true;
    static const api_case OPEN[] = {
        {"GET /rest/v1/secret", NULL, NULL, 200,
         "[{\"id\":1,\"text\":\"hidden\"}]", NULL},
    };
    api_check(w, OPEN, LENGTH(OPEN));
}

static void names_what_is_not_there(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/taks", NULL, NULL, 404,
         "{\"code\":\"PGRST205\",\"message\":\"Could not find the table "
         "'public.taks' in the schema cache\",\"details\":null,\"hint\":"
         "\"Perhaps you meant the table 'public.task'\"}",
         NULL},
        {"GET /rest/v1/Task", NULL, NULL, 404, NULL, NULL},
        {"GET /rest/v1/hidden", NULL, NULL, 404, NULL, NULL},
        {"GET /rest/v1/task?select=internal", NULL, NULL, 400,
         "{\"code\":\"42703\",\"message\":\"column task.internal does not "
         "exist\",\"details\":null,\"hint\":null}",
         NULL},
        {"GET /rest/v1/task?select=code,internal", NULL, NULL, 400, NULL, NULL},
        {"GET /rest/v1/task?internal=is.null", NULL, NULL, 400, NULL, NULL},
        {"GET /rest/v1/task?order=internal", NULL, NULL, 400, NULL, NULL},
        {"GET /rest/v1/ta%73k?select=id&id=eq.1", NULL, NULL, 200,
         "[{\"id\":1}]", NULL},
        {"GET /rest/v1/task/1", NULL, NULL, 404, NULL, NULL},
        {"PATCH /rest/v1/", NULL, "{}", 404, NULL, NULL},
        {"GET /rest/v1/rpc/f", NULL, NULL, 404, NULL, NULL},
        {"GET /nothing", NULL, NULL, 404, NULL, NULL},
        {"GET /rest/v1/task?createdAt=gt.2024-01-01", NULL, NULL, 400,
         "{\"code\":\"42703\",\"message\":\"column task.createdAt does not "
         "exist\",\"details\":null,\"hint\":\"Perhaps you meant to reference "
         "the column \\\"task.created_at\\\".\"}",
         NULL},
        {"GET /rest/v1/task?title=eq.%ff", NULL, NULL, 400, NULL, NULL},
        {"GET /rest/v1/%zz", NULL, NULL, 400, NULL, NULL},
        {"GET /rest/v1/task?columns=id", NULL, NULL, 400, NULL, NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void exposes_one_schema(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/task?limit=0", "Accept-Profile: public", NULL, 200, "[]",
         "Content-Profile: public"},
        {"GET /rest/v1/task", "Accept-Profile: private", NULL, 406,
         "{\"code\":\"PGRST106\",\"message\":\"Invalid schema: private\","
         "\"details\":null,\"hint\":\"Only the following schemas are exposed: "
         "public\"}",
         NULL},
        {"GET /rest/v1/task?limit=0", "Content-Profile: private", NULL, 200,
         "[]", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void knows_its_methods(void **state) {
    static const api_case CASES[] = {
        {"TRACE /rest/v1/task", NULL, NULL, 405, NULL,
         "Allow: GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"},
        {"PROPFIND /rest/v1/task", NULL, NULL, 405, NULL, NULL},
        {"POST /healthz", NULL, NULL, 405, NULL, "Allow: GET, HEAD, OPTIONS"},
        {"OPTIONS /rest/v1/task", NULL, NULL, 204, "",
         "Allow: GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"},
        {"GET /healthz", NULL, NULL, 200, "{\"status\":\"ok\"}", NULL},
        {"GET /readyz", NULL, NULL, 200, "{\"status\":\"ok\"}", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void lets_pages_of_other_origins_read(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"GET /rest/v1/task?limit=0", "Origin: https://a.example", NULL, 200,
         NULL, "Access-Control-Allow-Origin: *"},
        {"GET /rest/v1/nothing", "Origin: https://a.example", NULL, 404, NULL,
         "Access-Control-Allow-Origin: *"},
        {"OPTIONS /rest/v1/task",
         "Origin: https://a.example\nAccess-Control-Request-Method: PATCH\n"
         "Access-Control-Request-Headers: apikey, prefer",
         NULL, 204, "",
         "Access-Control-Allow-Headers: Authorization, apikey, prefer"},
    };
    api_check(w, CASES, LENGTH(CASES));
    api_answer got = api_ask(w, "GET /rest/v1/task?limit=0", "", "");
    assert_null(api_header(&got, STR("Access-Control-Allow-Origin")).ptr);
}

static void lets_pages_of_listed_origins_send_cookies(void **state) {
    static const str ORIGINS[] = {STR_INIT("https://a.example"),
                                  STR_INIT("https://b.example")};
    api_world *w = *state;
    static const api_case CASES[] = {
        {"GET /rest/v1/task?limit=0", "Origin: https://b.example", NULL, 200,
         NULL, "Access-Control-Allow-Origin: https://b.example"},
        {"GET /rest/v1/task?limit=0", "Origin: https://b.example", NULL, 200,
         NULL, "Access-Control-Allow-Credentials: true"},
        {"OPTIONS /rest/v1/task",
         "Origin: https://a.example\nAccess-Control-Request-Method: PATCH",
         NULL, 204, "", "Access-Control-Allow-Origin: https://a.example"},
    };
    w->app.cors_origins = ORIGINS;
    w->app.cors_origin_count = LENGTH(ORIGINS);
    api_check(w, CASES, LENGTH(CASES));
    api_answer got = api_ask(w, "GET /rest/v1/task?limit=0",
                             "Origin: https://a.example.evil", "");
    assert_int_equal(got.status, 200);
    assert_null(api_header(&got, STR("Access-Control-Allow-Origin")).ptr);
    got = api_ask(w, "OPTIONS /rest/v1/task",
                  "Origin: null\nAccess-Control-Request-Method: GET", "");
    assert_int_equal(got.status, 204);
    assert_null(api_header(&got, STR("Access-Control-Allow-Methods")).ptr);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD(answers_lists),
        WORLD(orders_as_postgresql_does_and_breaks_ties),
        WORLD(pages_and_counts),
        WORLD(never_returns_more_rows_than_configured),
        WORLD(answers_one_object_when_asked_for_one),
        WORLD(answers_csv),
        WORLD(writes_lists_of_a_row_as_literals),
        WORLD(says_where_the_answer_is),
        WORLD(shows_nothing_of_a_closed_model),
        WORLD(names_what_is_not_there),
        WORLD(exposes_one_schema),
        WORLD(knows_its_methods),
        WORLD(lets_pages_of_other_origins_read),
        WORLD(lets_pages_of_listed_origins_send_cookies),
    };
    return cmocka_run_group_tests_name("api/rest/read", tests, NULL, NULL);
}
