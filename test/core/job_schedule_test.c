/* Schedules on both engines. */
#include "core/job_schedule.h"

#include "base/clock.h"
#include "core/job.h"
#include "core/system_caller.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Task {\n"
                             "  id Int @id\n"
                             "}\n";

static const int64_t MINUTE_US = INT64_C(60) * 1000 * 1000;

typedef struct timetable {
    database_world *w;
    app app;
    fake_clock clock;
    job_schedule hourly;
    const job_schedule *schedules[1];
    int64_t next_ms;
    err *(*body)(struct timetable *x, const caller *c);
} timetable;

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = NULL;
    if (w == NULL)
        return 0;
    timetable *x = arena_new_array(w->a, timetable, 1);
    x->w = w;
    /* 2024-01-31 12:00:30 */
    x->clock = (fake_clock){.wall_us = INT64_C(1706702430000000)};
    x->hourly = (job_schedule){.name = STR("hourly"),
                               .kind = STR("count"),
                               .payload = STR("{\"a\": 1}"),
                               .cron = STR("@hourly")};
    x->schedules[0] = &x->hourly;
    x->app = (app){
        .schema = w->schema,
        .system = w->system,
        .database = w->database,
        .max_rows = QUERY_NO_LIMIT,
        .clock = &x->clock,
        .job_schedules = x->schedules,
        .job_schedule_count = 1,
    };
    *state = x;
    return 0;
}

static int teardown(void **state) {
    timetable *x = *state;
    if (x != NULL)
        database_world_free(x->w);
    return 0;
}

static timetable *here(void **state) {
    if (*state == NULL)
        skip();
    return *state;
}

static err *run_body(void *argument) {
    timetable *x = argument;
    caller c = system_caller(x->w->a, &x->app, x->w->session, STR("test"));
    TRY(job_schedule_register(&c));
    return x->body(x, &c);
}

static void run(timetable *x, err *(*body)(timetable *x, const caller *c)) {
    x->body = body;
    expect_ok(database_world_run(x->w, run_body, x));
}

static str ask(const timetable *x, const char *what, const char *table) {
    const char *start = x->w->postgres != NULL ? "tenon." : "tenon_";
    return database_world_ask(
        x->w,
        arena_printf(x->w->a, "SELECT %s FROM %s%s", what, start, table).ptr);
}

static err *pass(timetable *x, const caller *c, int64_t minutes) {
    x->clock.wall_us += minutes * MINUTE_US;
    return job_schedule_run_due(c, &x->next_ms);
}

static err *an_hour(timetable *x, const caller *c) {
    TRY(pass(x, c, 0));
    TRY(pass(x, c, 58));
    TRY(pass(x, c, 1)); /* 12:59:30 */
    expect_str(ask(x, "count(*)", "job"), STR("0"));
    TRY(pass(x, c, 1));
    TRY(pass(x, c, 0));
    return pass(x, c, 30);
}

static void there_is_one_job_for_each_time(void **state) {
    timetable *x = here(state);
    run(x, an_hour);
    expect_str(ask(x, "count(*)", "job WHERE kind = 'count'"), STR("1"));
    assert_true(x->next_ms == INT64_C(1706709600000)); /* 14:00 */
}

static err *long_down(timetable *x, const caller *c) {
    TRY(pass(x, c, 7 * 60));
    return pass(x, c, 1);
}

static void what_was_missed_is_made_up_for_once(void **state) {
    timetable *x = here(state);
    run(x, long_down);
    expect_str(ask(x, "count(*)", "job"), STR("1"));
}

static err *set_back(timetable *x, const caller *c) {
    TRY(pass(x, c, 60));
    TRY(pass(x, c, -90));
    TRY(pass(x, c, 31));
    return pass(x, c, 59);
}

static void a_clock_that_goes_back_makes_nothing_twice(void **state) {
    timetable *x = here(state);
    run(x, set_back);
    expect_str(ask(x, "count(*)", "job"), STR("1"));
}

/* Another node, which has read the row before we move it on. */
static err *at_once(timetable *x, const caller *c) {
    caller other = system_caller(x->w->a, &x->app, x->w->session, STR("two"));
    x->clock.wall_us += 60 * MINUTE_US;
    int64_t ignored;
    for (int i = 0; i < 4; i++) {
        TRY(job_schedule_run_due(i % 2 == 0 ? c : &other, &ignored));
        x->next_ms = ignored;
    }
    return NULL;
}

static void of_several_who_look_one_makes_the_job(void **state) {
    timetable *x = here(state);
    run(x, at_once);
    expect_str(ask(x, "count(*)", "job"), STR("1"));
}

static err *changed(timetable *x, const caller *c) {
    x->hourly.cron = STR("30 18 * * *");
    x->hourly.time_zone = STR("Asia/Kolkata"); /* 13:00 here */
    TRY(job_schedule_register(c));
    TRY(pass(x, c, 1));
    expect_str(ask(x, "count(*)", "job"), STR("0"));
    return pass(x, c, 60);
}

static void another_expression_takes_the_place_of_the_first(void **state) {
    timetable *x = here(state);
    run(x, changed);
    expect_str(ask(x, "count(*)", "schedule"), STR("1"));
    expect_str(ask(x, "count(*)", "job"), STR("1"));
    assert_true(x->next_ms == INT64_C(1706792400000)); /* a day later */
}

static err *wrong_zone(timetable *x, const caller *c) {
    x->hourly.time_zone = STR("Mars/Olympus");
    err *e = job_schedule_register(c);
    return e != NULL && e->code == ERR_INVALID
               ? NULL
               : err_new(x->w->a, ERR_INTERNAL, "accepted");
}

static void a_zone_that_is_none_is_refused(void **state) {
    run(here(state), wrong_zone);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(there_is_one_job_for_each_time, setup, teardown),
        WORLD_TESTS(what_was_missed_is_made_up_for_once, setup, teardown),
        WORLD_TESTS(a_clock_that_goes_back_makes_nothing_twice, setup,
                    teardown),
        WORLD_TESTS(of_several_who_look_one_makes_the_job, setup, teardown),
        WORLD_TESTS(another_expression_takes_the_place_of_the_first, setup,
                    teardown),
        WORLD_TESTS(a_zone_that_is_none_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests_name("core/job_schedule", tests, NULL, NULL);
}
