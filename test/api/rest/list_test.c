/* Columns of lists: what goes in and out, and what can be asked of them. */
#include "test/support/api_world.h"
#include "test/support/test.h"

#define BACK "Prefer: return=representation"

static int begin(void **state) {
    api_world *w = api_world_new(arena_new());
    *state = w;
    api_answer got = api_ask(w, "POST /rest/v1/listed?columns=tags,points", "",
                             "[{\"tags\":[\"a\",\"b\"],\"points\":[1]},"
                             "{\"tags\":[\"b\",\"c, d\"],\"points\":[2,1]},"
                             "{\"tags\":[],\"points\":[]}]");
    assert_int_equal(got.status, 201);
    /* Who writes past us may leave it null, as on PostgreSQL. */
    database_world_sql(w->database,
                       "INSERT INTO listed (id, points) VALUES (4, '[10]')");
    return 0;
}

static int end(void **state) {
    api_world *w = *state;
    arena *a = w->a;
    api_world_free(w);
    arena_free(a);
    return 0;
}

static void keeps_each_element_in_the_form_of_its_type(void **state) {
    static const api_case CASES[] = {
        {"POST /rest/v1/listed?select=states,times,prices,blobs,flags,data",
         BACK,
         "{\"states\":[\"OPEN\",\"on hold\"],"
         "\"times\":[\"2024-01-31T02:00:00+02:00\"],"
         "\"prices\":[12.50],\"blobs\":[\"\\\\x6869\"],\"flags\":[true],"
         "\"data\":[{\"a\":1},\"x\"]}",
         201,
         "[{\"states\":[\"OPEN\",\"on hold\"],"
         "\"times\":[\"2024-01-31T00:00:00.000+00:00\"],"
         "\"prices\":[12.50],\"blobs\":[\"\\\\x6869\"],\"flags\":[true],"
         "\"data\":[{\"a\":1},\"x\"]}]",
         NULL},
        {"PATCH /rest/v1/listed?id=eq.1&select=tags", BACK,
         "{\"tags\":[\"z\"]}", 200, "[{\"tags\":[\"z\"]}]", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void a_list_that_is_left_out_is_its_default_or_empty(void **state) {
    static const api_case CASES[] = {
        {"POST /rest/v1/listed?select=tags,points", BACK, "{}", 201,
         "[{\"tags\":[],\"points\":[1,2]}]", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void finds_rows_by_what_is_in_their_lists(void **state) {
    static const api_case CASES[] = {
        {"GET /rest/v1/listed?select=id&tags=cs.{b}", NULL, NULL, 200,
         "[{\"id\":1},{\"id\":2}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=cs.{b,a}", NULL, NULL, 200,
         "[{\"id\":1}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=cs.{}", NULL, NULL, 200,
         "[{\"id\":1},{\"id\":2},{\"id\":3}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=cd.{a,b,x}", NULL, NULL, 200,
         "[{\"id\":1},{\"id\":3}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=ov.{a,%22c,%20d%22}", NULL, NULL,
         200, "[{\"id\":1},{\"id\":2}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=not.ov.{a}", NULL, NULL, 200,
         "[{\"id\":2},{\"id\":3}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=eq.{a,b}", NULL, NULL, 200,
         "[{\"id\":1}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=neq.{a,b}", NULL, NULL, 200,
         "[{\"id\":2},{\"id\":3}]", NULL},
        {"GET /rest/v1/listed?select=id&tags=is.null", NULL, NULL, 200,
         "[{\"id\":4}]", NULL},
        {"GET /rest/v1/listed?select=id&points=cs.{1}", NULL, NULL, 200,
         "[{\"id\":1},{\"id\":2}]", NULL},
        {"GET /rest/v1/listed?select=id&or=(tags.cs.{a,b},points.ov.{10,2})",
         NULL, NULL, 200, "[{\"id\":1},{\"id\":2},{\"id\":4}]", NULL},
        {"GET /rest/v1/listed?select=id&or=(tags.cs.{%22c,%20d%22},id.eq.3)",
         NULL, NULL, 200, "[{\"id\":2},{\"id\":3}]", NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void refuses_what_a_list_cannot_be_asked(void **state) {
    static const char *const TARGETS[] = {
        "GET /rest/v1/listed?tags=gt.{a}",
        "GET /rest/v1/listed?tags=like.a*",
        "GET /rest/v1/listed?tags=in.(a)",
        "GET /rest/v1/listed?data=eq.{1}",
        "GET /rest/v1/listed?data=cs.{1}",
        "GET /rest/v1/listed?id=cs.{1}",
        "GET /rest/v1/listed?order=tags",
        "GET /rest/v1/listed?tags=cs.a",
        "GET /rest/v1/listed?points=cs.{a}",
        "GET /rest/v1/listed?flags=is.true",
    };
    for (size_t i = 0; i < LENGTH(TARGETS); i++) {
        api_answer got = api_ask(*state, TARGETS[i], "", "");
        if (got.status < 400 || got.status > 404)
            fail_msg("%s: %d %.*s", TARGETS[i], got.status, STR_ARG(got.body));
    }
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD(keeps_each_element_in_the_form_of_its_type),
        WORLD(a_list_that_is_left_out_is_its_default_or_empty),
        WORLD(finds_rows_by_what_is_in_their_lists),
        WORLD(refuses_what_a_list_cannot_be_asked),
    };
    return cmocka_run_group_tests_name("api/rest/list", tests, NULL, NULL);
}
