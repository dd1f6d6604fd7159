#include "test/support/api_world.h"
#include "test/support/test.h"

static int begin(void **state) {
    api_world *w = api_world_new(arena_new());
    *state = w;
    api_answer got =
        api_ask(w, "POST /rest/v1/task", "",
                "[{\"title\":\"alpha\",\"points\":5,\"code\":\"a\"},"
                "{\"title\":\"beta\",\"points\":6,\"code\":\"b\"}]");
    assert_int_equal(got.status, 201);
    return 0;
}

static int end(void **state) {
    api_world *w = *state;
    arena *a = w->a;
    api_world_free(w);
    arena_free(a);
    return 0;
}

static str count_tasks(api_world *w) {
    return database_world_ask(w->database, "SELECT count(*) FROM task");
}

static void answers_each_as_if_it_were_alone(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"POST\",\"path\":\"member\",\"body\":{\"team\":\"a\","
         "\"name\":\"x\"}},"
         "{\"method\":\"PATCH\",\"path\":\"member?team=eq.a&select=role\","
         "\"headers\":{\"Prefer\":\"return=representation\"},"
         "\"body\":{\"role\":\"lead\"}},"
         "{\"method\":\"PUT\",\"path\":\"task?id=eq.9&select=id,title\","
         "\"headers\":{\"prefer\":\"return=representation\",\"accept\":"
         "\"text/csv\"},\"body\":{\"id\":9,\"title\":\"nine\"}},"
         "{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\"}]",
         200,
         "[{\"status\":201,\"headers\":{\"Vary\":\"Accept, Prefer, Range, "
         "Origin\",\"Content-Range\":\"*/*\"},\"body\":null},"
         "{\"status\":200,\"headers\":{\"Content-Type\":\"application/json; "
         "charset=utf-8\",\"Vary\":\"Accept, Prefer, Range, Origin\","
         "\"Content-Range\":\"0-0/*\",\"Preference-Applied\":"
         "\"return=representation\"},\"body\":[{\"role\":\"lead\"}]},"
         "{\"status\":201,\"headers\":{\"Content-Type\":\"text/csv; "
         "charset=utf-8\",\"Vary\":\"Accept, Prefer, Range, Origin\","
         "\"Content-Range\":\"*/*\",\"Preference-Applied\":"
         "\"return=representation\"},\"body\":\"id,title\\n9,nine\"},"
         "{\"status\":204,\"headers\":{\"Vary\":\"Accept, Prefer, Range, "
         "Origin\",\"Content-Range\":\"*/*\"},\"body\":null}]",
         NULL},
        {"POST /rest/v1/", NULL, "[]", 200, "[]", NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"PATCH\",\"path\":\"task?id=eq.2\",\"body\":{}},"
         "{\"method\":\"POST\",\"path\":\"task\",\"headers\":{\"Content-Type\":"
         "\"text/csv\"},\"body\":\"title\\nfrom csv\"}]",
         200, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("3"));
    expect_str(database_world_ask(w->database, "SELECT role FROM member"),
               STR("lead"));
}

static void writes_all_or_nothing_and_names_the_one_that_failed(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"POST\",\"path\":\"task\",\"body\":{\"title\":\"x\"}},"
         "{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\"},"
         "{\"method\":\"POST\",\"path\":\"task\",\"body\":{\"title\":\"y\","
         "\"code\":\"b\"}}]",
         409,
         "{\"code\":\"23505\",\"message\":\"duplicate key value violates "
         "unique constraint \\\"task_code_key\\\"\",\"details\":\"Key "
         "(code)=(b) already exists.\",\"hint\":null,\"index\":2}",
         "Proxy-Status: PostgREST; error=23505"},
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"POST\",\"path\":\"task\",\"body\":{\"title\":\"x\"}},"
         "{\"method\":\"PATCH\",\"path\":\"task?titel=eq.x\",\"body\":{}}]",
         400,
         "{\"code\":\"42703\",\"message\":\"column task.titel does not "
         "exist\",\"details\":null,\"hint\":\"Perhaps you meant to reference "
         "the column \\\"task.title\\\".\",\"index\":1}",
         NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"PATCH\",\"path\":\"task?id=eq.1\",\"body\":{\"points\""
         ":1}},{\"method\":\"PATCH\",\"path\":\"task?id=eq.99\",\"headers\":"
         "{\"Accept\":\"application/vnd.pgrst.object+json\"},\"body\":"
         "{\"points\":1}}]",
         406, NULL, NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\"},"
         "{\"method\":\"PATCH\",\"path\":\"task?id=eq.2\",\"headers\":"
         "{\"If-Match\":\"\\\"no\\\"\"},\"body\":{\"points\":1}}]",
         412,
         "{\"code\":\"PT412\",\"message\":\"the row is not the one that "
         "If-Match names\",\"details\":\"somebody changed it since\",\"hint\":"
         "\"read it again, with the select that the write has\",\"index\":1}",
         NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\"},"
         "{\"method\":\"POST\",\"path\":\"secret\",\"body\":{\"id\":1}}]",
         401, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("2"));
    expect_str(
        database_world_ask(w->database, "SELECT points FROM task WHERE id = 1"),
        STR("5"));
}

static void refuses_what_is_no_list_of_writes(void **state) {
    api_world *w = *state;
    static const char *const BODIES[] = {
        "",
        "{}",
        "[5]",
        "[{}]",
        "[{\"method\":\"GET\",\"path\":\"task\"}]",
        "[{\"method\":\"POST\"}]",
        "[{\"method\":\"POST\",\"path\":5}]",
        "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1 \"}]",
        "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\\r\\nX: y\"}]",
        "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\",\"what\":1}]",
        "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\",\"headers\":[]}]",
        ("[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\",\"headers\":"
         "{\"Prefer\":\"a\\nb\"}}]"),
        ("[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\",\"headers\":"
         "{\"Prefer\":\"tx=commit\"}}]"),
    };
    w->app.tx_end = (tx_end){.may_differ = true};
    for (size_t i = 0; i < LENGTH(BODIES); i++) {
        api_case c = {"POST /rest/v1/", NULL, BODIES[i], 400, NULL, NULL};
        api_check(w, &c, 1);
    }
    expect_str(count_tasks(w), STR("2"));
}

static void append_long_insert(buf *body) {
    buf_append(body, STR("{\"method\":\"POST\",\"path\":\"task?select="
                         "title,again:title\",\"headers\":{\"Prefer\":"
                         "\"return=representation\"},\"body\":{\"title\":\""));
    for (int i = 0; i < 30 * 1024; i++)
        buf_append(body, STR("ten bytes."));
    buf_append(body, STR("\"}}"));
}

static void says_so_when_what_it_wrote_is_too_long_to_show(void **state) {
    api_world *w = *state;
    CLEANUP(buf_free) buf body = buf_new(1 << 20);
    buf_append_char(&body, '[');
    append_long_insert(&body);
    buf_append_char(&body, ',');
    append_long_insert(&body);
    buf_append_char(&body, ']');
    str before = count_tasks(w);
    api_answer got =
        api_ask(w, "POST /rest/v1/", "", arena_cstr(w->a, buf_str(&body)));
    assert_int_equal(got.status, 500);
    expect_str(got.body,
               STR("{\"code\":\"PGRSTX00\",\"message\":\"the rows were "
                   "written, but are too many to hand back\",\"details\":null,"
                   "\"hint\":\"use Prefer: return=minimal, and read them in "
                   "pages\"}"));
    assert_false(str_equal(count_tasks(w), before));
}

static void bounds_the_number_of_items(void **state) {
    api_world *w = *state;
    CLEANUP(buf_free) buf body = buf_new(1 << 20);
    for (int i = 0; i < 501; i++) {
        buf_append(&body, i == 0 ? STR("[") : STR(","));
        buf_append(&body, STR("{\"method\":\"DELETE\",\"path\":\"task?id=eq.1"
                              "\"}"));
    }
    buf_append(&body, STR("]"));
    buf_append_char(&body, '\0');
    api_answer got = api_ask(w, "POST /rest/v1/", "", body.ptr);
    assert_int_equal(got.status, 413);
    expect_str(count_tasks(w), STR("2"));
}

static void undoes_a_batch_that_was_only_a_trial(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/", "Prefer: tx=rollback",
         "[{\"method\":\"DELETE\",\"path\":\"task?id=eq.1\"},"
         "{\"method\":\"DELETE\",\"path\":\"task?id=eq.2\"}]",
         200, NULL, "Preference-Applied: tx=rollback"},
    };
    w->app.tx_end = (tx_end){.may_differ = true};
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("2"));
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD(answers_each_as_if_it_were_alone),
        WORLD(writes_all_or_nothing_and_names_the_one_that_failed),
        WORLD(refuses_what_is_no_list_of_writes),
        WORLD(says_so_when_what_it_wrote_is_too_long_to_show),
        WORLD(bounds_the_number_of_items),
        WORLD(undoes_a_batch_that_was_only_a_trial),
    };
    return cmocka_run_group_tests_name("api/rest/batch", tests, NULL, NULL);
}
