#include "api/rest/async_write.h"

#include "core/system_caller.h"
#include "database/system_schema.h"
#include "test/support/api_world.h"
#include "test/support/test.h"

#define ASYNC "Content-Type: application/json\nPrefer: respond-async\n"

static api_world *open_world(arena *a) {
    api_world *w = api_world_new(a);
    w->app.job_bell = arena_new_array(a, job_bell, 1);
    w->app.job_bell->bell = bell_new();
    return w;
}

static void close_world(api_world *w) {
    bell_free(w->app.job_bell->bell);
    api_world_free(w);
}

/* Where to ask for the state: "GET /rest/v1/jobs/...". */
static const char *state_of(api_world *w, const api_answer *accepted) {
    str location = api_header(accepted, STR("Location"));
    return arena_printf(w->a, "GET %.*s", STR_ARG(location)).ptr;
}

/* ---- The job, without its runner ---------------------------------------- */

typedef struct attempt {
    api_world *w;
    str id;
    unsigned number;
} attempt;

static err *run_job(void *argument) {
    attempt *t = argument;
    api_world *w = t->w;
    const job_kind *kind = async_write_job(w->a, &w->app);
    caller who =
        system_caller(w->a, &w->app, w->database->session, STR("job request"));
    job_run run = {
        .caller = &who,
        .kind = kind,
        .attempt = t->number,
        .payload = arena_printf(w->a, "{\"request\":\"%.*s\"}", STR_ARG(t->id)),
    };
    return kind->run(kind, &run);
}

static err *try_job(api_world *w, const api_answer *accepted) {
    str location = api_header(accepted, STR("Location"));
    str prefix = STR("/rest/v1/jobs/");
    attempt t = {w, str_slice(location, prefix.len, location.len), 1};
    return database_world_run(w->database, run_job, &t);
}

/* ------------------------------------------------------------------------- */

static void a_write_is_accepted_and_done_later(void **state) {
    api_world *w = open_world(*state);
    api_answer got = api_ask(w, "POST /rest/v1/task", ASYNC,
                             "[{\"title\":\"a\"},{\"title\":\"b\"}]");
    assert_int_equal(got.status, 202);
    expect_str(api_header(&got, STR("Preference-Applied")),
               STR("respond-async"));
    expect_str(got.body, STR(""));
    api_answer before = api_ask(w, state_of(w, &got), "", "");
    assert_int_equal(before.status, 200);
    assert_true(str_contains(before.body, STR("\"status\":\"pending\"")));
    expect_str(api_ask(w, "GET /rest/v1/task?select=title", "", "").body,
               STR("[]"));

    expect_ok(try_job(w, &got));
    expect_str(api_ask(w, "GET /rest/v1/task?select=title", "", "").body,
               STR("[{\"title\":\"a\"},{\"title\":\"b\"}]"));
    api_answer after = api_ask(w, state_of(w, &got), "", "");
    assert_true(str_contains(after.body, STR("\"status\":\"done\"")));
    assert_true(str_contains(after.body,
                             STR("\"response\":{\"status\":201,\"affected\":2,"
                                 "\"location\":null,\"error\":null}")));
    close_world(w);
}

/* The process died before it could say that it was done. */
static void a_job_that_runs_again_writes_nothing_again(void **state) {
    api_world *w = open_world(*state);
    api_answer got =
        api_ask(w, "POST /rest/v1/task", ASYNC, "{\"title\":\"a\"}");
    database_world_sql(w->database, "CREATE TABLE saved AS SELECT * FROM "
                                    "tenon_async_request");
    expect_ok(try_job(w, &got));
    expect_str(
        database_world_ask(w->database, "SELECT body FROM tenon_async_request"),
        STR("null"));
    database_world_sql(w->database,
                       "DELETE FROM tenon_async_request;"
                       "INSERT INTO tenon_async_request SELECT * FROM saved");
    expect_ok(try_job(w, &got));
    expect_str(database_world_ask(w->database, "SELECT count(*) FROM task"),
               STR("1"));
    close_world(w);
}

static void what_is_wrong_is_said_at_once(void **state) {
    api_world *w = open_world(*state);
    const api_case cases[] = {
        {"POST /rest/v1/task", ASYNC, "{\"nothing\":1}", 400, NULL, NULL},
        {"POST /rest/v1/nowhere", ASYNC, "{}", 404, NULL, NULL},
        {"GET /rest/v1/jobs/1", NULL, NULL, 404, NULL, NULL},
        {"GET /rest/v1/jobs/00000000-0000-7000-8000-000000000000", NULL, NULL,
         404, NULL, NULL},
    };
    api_check(w, cases, LENGTH(cases));
    expect_str(
        database_world_ask(w->database, "SELECT count(*) FROM tenon_job"),
        STR("0"));
    close_world(w);
}

static void what_goes_wrong_later_is_in_its_state(void **state) {
    api_world *w = open_world(*state);
    api_answer got = api_ask(w, "POST /rest/v1/task", ASYNC,
                             "{\"title\":\"a\",\"code\":\"x\"}");
    api_ask(w, "POST /rest/v1/task", "Content-Type: application/json",
            "{\"title\":\"b\",\"code\":\"x\"}");
    expect_ok(try_job(w, &got));
    api_answer after = api_ask(w, state_of(w, &got), "", "");
    assert_true(str_contains(after.body, STR("\"status\":409")));
    assert_true(str_contains(after.body, STR("\"code\":\"23505\"")));
    close_world(w);
}

static void a_batch_is_one_job(void **state) {
    api_world *w = open_world(*state);
    api_answer got = api_ask(
        w, "POST /rest/v1/", ASYNC,
        "[{\"method\":\"POST\",\"path\":\"task\",\"body\":{\"title\":\"a\"}},"
        "{\"method\":\"PATCH\",\"path\":\"task?title=eq.a\","
        "\"body\":{\"title\":\"c\"}}]");
    assert_int_equal(got.status, 202);
    expect_ok(try_job(w, &got));
    expect_str(api_ask(w, "GET /rest/v1/task?select=title", "", "").body,
               STR("[{\"title\":\"c\"}]"));
    close_world(w);
}

static void without_jobs_it_is_answered_at_once(void **state) {
    api_world *w = api_world_new(*state);
    const api_case cases[] = {
        {"POST /rest/v1/task", ASYNC, "{\"title\":\"a\"}", 201, "", NULL},
    };
    api_check(w, cases, LENGTH(cases));
    api_world_free(w);
}

static void no_more_wait_than_there_is_room_for(void **state) {
    api_world *w = open_world(*state);
    api_ask(w, "POST /rest/v1/task", ASYNC, "{\"title\":\"a\"}");
    database_world_sql(
        w->database,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 999) INSERT INTO tenon_job (id, kind, payload, status, run_at, "
        "max_attempts, created_at) SELECT 'n' || i, kind, payload, status, "
        "run_at, max_attempts, created_at FROM n, tenon_job");
    const api_case cases[] = {
        {"POST /rest/v1/task", ASYNC, "{\"title\":\"b\"}", 503, NULL,
         "Retry-After: 1"},
        {"POST /rest/v1/task", "Content-Type: application/json\n",
         "{\"title\":\"b\"}", 201, NULL, NULL},
    };
    api_check(w, cases, LENGTH(cases));
    database_world_sql(w->database, "DELETE FROM tenon_job WHERE id = 'n7'");
    assert_int_equal(
        api_ask(w, "POST /rest/v1/task", ASYNC, "{\"title\":\"b\"}").status,
        202);
    close_world(w);
}

static void old_ones_go_with_the_next(void **state) {
    api_world *w = open_world(*state);
    api_ask(w, "POST /rest/v1/task", ASYNC, "{\"title\":\"a\"}");
    fake_clock_advance(&w->clock, INT64_C(25) * 3600 * 1000 * 1000);
    api_ask(w, "POST /rest/v1/task", ASYNC, "{\"title\":\"b\"}");
    expect_str(database_world_ask(w->database,
                                  "SELECT count(*) FROM tenon_async_request"),
               STR("1"));
    close_world(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_write_is_accepted_and_done_later),
        TEST(a_job_that_runs_again_writes_nothing_again),
        TEST(what_is_wrong_is_said_at_once),
        TEST(what_goes_wrong_later_is_in_its_state),
        TEST(a_batch_is_one_job),
        TEST(without_jobs_it_is_answered_at_once),
        TEST(no_more_wait_than_there_is_room_for),
        TEST(old_ones_go_with_the_next),
    };
    return cmocka_run_group_tests_name("api/rest/async_write", tests, NULL,
                                       NULL);
}
