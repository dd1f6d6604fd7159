/* Jobs on both engines: from who wants one to what came of it. */
#include "core/job.h"

#include "base/clock.h"
#include "core/job_runner.h"
#include "core/job_store.h"
#include "core/mutation_engine.h"
#include "core/system_caller.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

enum { MAX_SEEN = 64, PATIENCE_MS = 30000, HOUR_MS = 60 * 60 * 1000 };

static const char SCHEMA[] = "model Task {\n"
                             "  id    Int    @id\n"
                             "  title String @unique\n"
                             "}\n";

typedef struct job_world job_world;

/* A kind whose function tells the world, then does what the test says. */
typedef struct told_kind {
    job_kind kind;
    job_world *world;
    err *(*act)(job_world *x, job_run *r);
} told_kind;

struct job_world {
    database_world *w;
    app app;
    job_bell bell;
    fake_clock clock;
    told_kind mail;
    told_kind slow;
    const job_kind *kinds[2];
    job_runner_config config;
    job_runner *runner;
    str seen[MAX_SEEN]; /* payloads, in the order in which they ran */
    size_t ran;
    size_t running;
    size_t most_running;
    err *(*body)(job_world *x, const caller *c);
};

static err *run_told(const job_kind *self, job_run *r) {
    const told_kind *k = (const told_kind *)self;
    job_world *x = k->world;
    if (x->ran < MAX_SEEN)
        x->seen[x->ran] = arena_copy(x->w->a, r->payload);
    x->ran++;
    x->running++;
    if (x->running > x->most_running)
        x->most_running = x->running;
    err *e = k->act != NULL ? k->act(x, r) : NULL;
    x->running--;
    return e;
}

static err *nap(job_world *x, job_run *r) {
    err *e = fiber_park(r->caller->arena, deadline_in(x->w->loop, 30));
    return e->code == ERR_TIMEOUT ? NULL : e;
}

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = NULL;
    if (w == NULL)
        return 0;
    job_world *x = arena_new_array(w->a, job_world, 1);
    x->w = w;
    x->bell.bell = bell_new();
    x->clock = (fake_clock){.wall_us = INT64_C(1706702400123000)};
    x->mail =
        (told_kind){.kind = {.name = STR("mail"), .run = run_told}, .world = x};
    x->slow = (told_kind){
        .kind = {.name = STR("slow"), .run = run_told}, .world = x, .act = nap};
    x->kinds[0] = &x->mail.kind;
    x->kinds[1] = &x->slow.kind;
    x->app = (app){
        .schema = w->schema,
        .system = w->system,
        .database = w->database,
        .max_rows = QUERY_NO_LIMIT,
        .clock = &x->clock,
        .job_kinds = x->kinds,
        .job_kind_count = LENGTH(x->kinds),
        .job_bell = &x->bell,
    };
    x->config = (job_runner_config){
        .app = &x->app,
        .session = w->session,
        .loop = w->loop,
        .parallel = 8,
        .poll_ms = 20,
    };
    *state = x;
    return 0;
}

static int teardown(void **state) {
    job_world *x = *state;
    if (x == NULL)
        return 0;
    bell_free(x->bell.bell);
    database_world_free(x->w);
    return 0;
}

static job_world *here(void **state) {
    if (*state == NULL)
        skip();
    return *state;
}

static caller somebody(const job_world *x) {
    return system_caller(x->w->a, &x->app, x->w->session, STR("test"));
}

static err *run_body(void *argument) {
    job_world *x = argument;
    caller c = somebody(x);
    err *e = x->body(x, &c);
    if (x->runner != NULL)
        job_runner_drain(x->runner, PATIENCE_MS);
    return e;
}

static void run(job_world *x, err *(*body)(job_world *x, const caller *c)) {
    x->body = body;
    expect_ok(database_world_run(x->w, run_body, x));
    if (x->runner != NULL)
        job_runner_close(x->runner);
    x->runner = NULL;
}

/* A cell of the only, or the first, row that passes. */
static str ask(const job_world *x, const char *what, const char *where) {
    const char *table = x->w->postgres != NULL ? "tenon.job" : "tenon_job";
    return database_world_ask(
        x->w,
        arena_printf(x->w->a, "SELECT %s FROM %s WHERE %s", what, table, where)
            .ptr);
}

static void expect_count(const job_world *x, const char *where,
                         const char *want) {
    expect_str(ask(x, "count(*)", where), str_of(want));
}

static void change(const job_world *x, const char *set) {
    const char *table = x->w->postgres != NULL ? "tenon.job" : "tenon_job";
    database_world_sql(
        x->w, arena_printf(x->w->a, "UPDATE %s SET %s", table, set).ptr);
}

static err *begin(job_world *x) {
    return job_runner_open(x->w->a, &x->config, &x->runner);
}

/* Until so many attempts have ended. */
static err *wait_for(job_world *x, size_t count) {
    deadline end = deadline_in(x->w->loop, PATIENCE_MS);
    while ((x->ran < count || x->running > 0) &&
           loop_now(x->w->loop) < end.at_ms) {
        err *e = fiber_park(x->w->a, deadline_in(x->w->loop, 2));
        if (e != NULL && e->code != ERR_TIMEOUT)
            return e;
    }
    return NULL;
}

static err *want(const caller *c, const char *kind, const char *payload) {
    job_wanted w = {.kind = str_of(kind), .payload = str_of(payload)};
    return job_enqueue(c, &w, NULL);
}

/* ---- Wanting one -------------------------------------------------------- */

static err *three_jobs(job_world *x, const caller *c) {
    TRY(want(c, "mail", "{\"n\": 1}"));
    TRY(begin(x));
    TRY(wait_for(x, 1));
    TRY(want(c, "mail", "{\"n\": 2}"));
    TRY(want(c, "mail", ""));
    return wait_for(x, 3);
}

static void a_job_is_run_once_and_done(void **state) {
    job_world *x = here(state);
    run(x, three_jobs);
    assert_int_equal(x->ran, 3);
    expect_str(x->seen[0], STR("{\"n\": 1}"));
    expect_count(x,
                 "status = 'succeeded' AND attempts = 1"
                 " AND finished_at IS NOT NULL AND locked_by IS NULL",
                 "3");
}

static mutation task_of(const job_world *x, value *cells, int64_t id,
                        const char *title) {
    cells[0] = value_int(id);
    cells[1] = value_text(title);
    return world_insert(x->w, "Task", "id title", cells, 1);
}

static err *with_a_change(job_world *x, const caller *c) {
    const job_wanted w = {.kind = STR("mail")};
    const mutation *all[2];
    mutation_result results[2];
    value cells[4];
    size_t failed_at;
    mutation first = task_of(x, cells, 1, "a");
    mutation same = task_of(x, cells + 2, 2, "a");
    all[0] = &first;
    TRY(job_mutation(c, &w, 1, &all[1]));
    TRY(mutation_engine_run_all(c, all, 2, results, &failed_at));
    all[0] = &same;
    TRY(job_mutation(c, &w, 1, &all[1]));
    err *e = mutation_engine_run_all(c, all, 2, results, &failed_at);
    return e != NULL && e->code == ERR_UNIQUE_VIOLATION ? NULL : e;
}

static void it_is_there_when_its_change_is(void **state) {
    job_world *x = here(state);
    run(x, with_a_change);
    expect_count(x, "status = 'queued'", "1");
}

static err *one_at_a_time(job_world *x, const caller *c) {
    const job_wanted w = {.kind = STR("mail"), .unique_key = STR("k")};
    str first;
    str second;
    str third;
    TRY(job_enqueue(c, &w, &first));
    TRY(job_enqueue(c, &w, &second));
    TRY(begin(x));
    TRY(wait_for(x, 1));
    job_runner_drain(x->runner, PATIENCE_MS);
    while (!str_equal(ask(x, "count(*)", "status = 'succeeded'"), STR("1")))
        fiber_yield();
    TRY(job_enqueue(c, &w, &third));
    bool is_right =
        !str_is_empty(first) && str_is_empty(second) && !str_is_empty(third);
    return is_right ? NULL : err_new(x->w->a, ERR_INTERNAL, "not so");
}

static void of_a_unique_key_there_is_one_at_a_time(void **state) {
    job_world *x = here(state);
    run(x, one_at_a_time);
    assert_int_equal(x->ran, 1);
    expect_count(x, "true", "2");
}

static err *look_at_origin(job_world *x, job_run *r) {
    const change_origin *o = r->caller->origin;
    x->seen[x->ran++] = arena_printf(x->w->a, "%.*s %.*s", STR_ARG(o->user_id),
                                     STR_ARG(o->reason));
    return job_tell_progress(r, STR("{\"done\": 3}"));
}

static err *asked_by_a_user(job_world *x, const caller *c) {
    const change_origin user = {.user_id = STR("u7")};
    const job_wanted w = {.kind = STR("mail"), .origin = &user};
    x->mail.act = look_at_origin;
    TRY(job_enqueue(c, &w, NULL));
    TRY(begin(x));
    return wait_for(x, 2);
}

static void it_runs_for_who_asked(void **state) {
    job_world *x = here(state);
    run(x, asked_by_a_user);
    expect_str(x->seen[1], STR("u7 job mail"));
    expect_count(x, "status = 'succeeded' AND progress IS NOT NULL", "1");
}

/* ---- When --------------------------------------------------------------- */

static err *by_priority(job_world *x, const caller *c) {
    for (int i = 0; i < 4; i++) {
        const job_wanted w = {.kind = STR("mail"),
                              .payload = arena_printf(x->w->a, "%d", i),
                              .priority = i == 2};
        TRY(job_enqueue(c, &w, NULL));
        fake_clock_advance(&x->clock, 1000);
    }
    x->config.parallel = 1;
    TRY(begin(x));
    return wait_for(x, 4);
}

static void pressing_ones_come_first_then_older_ones(void **state) {
    job_world *x = here(state);
    run(x, by_priority);
    expect_str(x->seen[0], STR("2"));
    expect_str(x->seen[1], STR("0"));
    expect_str(x->seen[2], STR("1"));
    expect_str(x->seen[3], STR("3"));
}

static err *due_later(job_world *x, const caller *c) {
    const job_wanted w = {.kind = STR("mail"),
                          .run_at_ms = clock_wall_ms(&x->clock) + HOUR_MS};
    TRY(job_enqueue(c, &w, NULL));
    TRY(want(c, "slow", ""));
    TRY(begin(x));
    TRY(wait_for(x, 1));
    fake_clock_advance(&x->clock, INT64_C(-3) * HOUR_MS * 1000);
    TRY(want(c, "slow", ""));
    TRY(wait_for(x, 2));
    if (x->ran != 2)
        return err_new(x->w->a, ERR_INTERNAL, "not yet");
    fake_clock_advance(&x->clock, INT64_C(4) * HOUR_MS * 1000);
    return wait_for(x, 3);
}

static void what_is_due_later_waits_wherever_the_clock_goes(void **state) {
    job_world *x = here(state);
    run(x, due_later);
    assert_int_equal(x->ran, 3);
    expect_count(x, "status = 'succeeded'", "3");
}

/* ---- Limits ------------------------------------------------------------- */

static err *limited(job_world *x, const caller *c) {
    x->slow.kind.limit = 2;
    for (int i = 0; i < 7; i++)
        TRY(want(c, "slow", ""));
    TRY(begin(x));
    return wait_for(x, 7);
}

static void of_a_kind_no_more_run_than_its_limit(void **state) {
    job_world *x = here(state);
    run(x, limited);
    assert_int_equal(x->ran, 7);
    assert_int_equal(x->most_running, 2);
    expect_count(x, "status = 'succeeded' AND slot IS NULL", "7");
}

static err *limited_each(job_world *x, const caller *c) {
    x->slow.kind.limit_of_organization = 1;
    for (int i = 0; i < 6; i++) {
        const job_wanted w = {
            .kind = STR("slow"),
            .organization_id = i % 2 == 0 ? STR("a") : STR("b"),
        };
        TRY(job_enqueue(c, &w, NULL));
    }
    TRY(want(c, "slow", ""));
    TRY(begin(x));
    return wait_for(x, 7);
}

static void an_organization_does_not_crowd_out_others(void **state) {
    job_world *x = here(state);
    run(x, limited_each);
    assert_int_equal(x->ran, 7);
    assert_int_equal(x->most_running, 3);
}

/* ---- What goes wrong ---------------------------------------------------- */

static err *lose_mail(job_world *x, job_run *r) {
    (void)x;
    return err_new(r->caller->arena, ERR_UNAVAILABLE, "no route to mail");
}

static err *fails_until_the_end(job_world *x, const caller *c) {
    const job_wanted w = {.kind = STR("mail"), .max_attempts = 3};
    x->mail.act = lose_mail;
    TRY(job_enqueue(c, &w, NULL));
    TRY(begin(x));
    for (size_t i = 1; i <= 3; i++) {
        str tried = arena_printf(x->w->a, "attempts = %zu", i);
        TRY(wait_for(x, i));
        while (!str_equal(ask(x, "count(*)", tried.ptr), STR("1")))
            fiber_yield();
        fake_clock_advance(&x->clock, INT64_C(2) * HOUR_MS * 1000);
    }
    return NULL;
}

static void it_is_tried_again_until_no_attempt_is_left(void **state) {
    job_world *x = here(state);
    run(x, fails_until_the_end);
    assert_int_equal(x->ran, 3);
    expect_count(x,
                 "status = 'failed' AND attempts = 3"
                 " AND last_error = 'no route to mail'"
                 " AND finished_at IS NOT NULL",
                 "1");
}

static err *fail_for_good(job_world *x, job_run *r) {
    r->is_final = true;
    return lose_mail(x, r);
}

static err *fails_at_once(job_world *x, const caller *c) {
    x->mail.act = fail_for_good;
    TRY(want(c, "mail", ""));
    TRY(begin(x));
    return wait_for(x, 1);
}

static void what_would_not_help_is_not_tried_again(void **state) {
    job_world *x = here(state);
    run(x, fails_at_once);
    expect_count(x, "status = 'failed' AND attempts = 1", "1");
}

static err *wait_long(job_world *x, job_run *r) {
    return fiber_park(r->caller->arena, deadline_in(x->w->loop, HOUR_MS));
}

static err *takes_too_long(job_world *x, const caller *c) {
    x->mail.act = wait_long;
    x->mail.kind.time_limit_ms = 20;
    TRY(want(c, "mail", ""));
    TRY(begin(x));
    return wait_for(x, 1);
}

static void one_that_takes_too_long_is_stopped(void **state) {
    job_world *x = here(state);
    run(x, takes_too_long);
    expect_count(x,
                 "status = 'queued' AND attempts = 1 AND last_error ="
                 " 'it took longer than its kind may'",
                 "1");
}

static err *until_cancelled(job_world *x, job_run *r) {
    arena *a = r->caller->arena;
    while (!r->is_cancelled) {
        err *e = fiber_park(a, deadline_in(x->w->loop, 2));
        if (e->code != ERR_TIMEOUT)
            return e;
    }
    return err_new(a, ERR_CANCELLED, "cancelled");
}

static err *cancelled_meanwhile(job_world *x, const caller *c) {
    x->mail.act = until_cancelled;
    x->config.lease_ms = 80;
    TRY(want(c, "mail", ""));
    TRY(begin(x));
    while (x->running == 0)
        fiber_yield();
    change(x, "is_cancelled = true");
    return wait_for(x, 1);
}

static void one_that_runs_hears_that_it_is_cancelled(void **state) {
    job_world *x = here(state);
    run(x, cancelled_meanwhile);
    expect_count(x, "status = 'cancelled' AND finished_at IS NOT NULL", "1");
}

static err *drained(job_world *x, const caller *c) {
    x->mail.act = wait_long;
    TRY(want(c, "mail", ""));
    TRY(begin(x));
    while (x->running == 0)
        fiber_yield();
    job_runner_drain(x->runner, 0);
    return NULL;
}

static void who_ends_gives_back_what_it_has(void **state) {
    job_world *x = here(state);
    run(x, drained);
    expect_count(x,
                 "status = 'queued' AND attempts = 0 AND locked_by IS NULL"
                 " AND last_error IS NULL",
                 "1");
}

/* ---- Leases ------------------------------------------------------------- */

static err *take_one(job_world *x, const caller *c, const char *lease,
                     job_taken *out) {
    job_taken *jobs = NULL;
    size_t count = 0;
    bool is_contended;
    const job_lease l = {str_of(lease), 60000};
    TRY(job_store_take(c, &x->mail.kind, l, 5, &jobs, &count, &is_contended));
    if (count != 1)
        return err_new(x->w->a, ERR_INTERNAL, "%zu jobs taken", count);
    *out = jobs[0];
    return NULL;
}

static err *one_dies(job_world *x, const caller *c) {
    job_taken first = {0};
    job_taken second = {0};
    size_t count = 0;
    TRY(want(c, "mail", ""));
    TRY(take_one(x, c, "one", &first));
    TRY(job_store_reclaim(c, false, &count));
    if (count != 0)
        return err_new(x->w->a, ERR_INTERNAL, "taken from who has it");
    fake_clock_advance(&x->clock, INT64_C(61) * 1000 * 1000);
    TRY(job_store_reclaim(c, false, &count));
    if (count != 1)
        return err_new(x->w->a, ERR_INTERNAL, "not taken from who is gone");
    TRY(take_one(x, c, "two", &second));
    job_result late = {.job = &first, .end = JOB_END_SUCCESS};
    TRY(job_store_end(c, &late, 1));
    if (late.was_written || second.attempts != 1)
        return err_new(x->w->a, ERR_INTERNAL, "who lost it ended it");
    job_result right = {.job = &second, .end = JOB_END_SUCCESS};
    TRY(job_store_end(c, &right, 1));
    return right.was_written ? NULL
                             : err_new(x->w->a, ERR_INTERNAL, "not ended");
}

static void the_jobs_of_who_dies_are_run_again(void **state) {
    job_world *x = here(state);
    run(x, one_dies);
    expect_count(x, "status = 'succeeded' AND attempts = 2", "1");
}

static err *left_running(job_world *x, const caller *c) {
    job_taken taken;
    TRY(want(c, "mail", ""));
    TRY(take_one(x, c, "gone", &taken));
    x->config.is_alone = true;
    TRY(begin(x));
    return wait_for(x, 1);
}

static void who_is_alone_does_not_wait_for_leases(void **state) {
    job_world *x = here(state);
    run(x, left_running);
    assert_int_equal(x->ran, 1);
    expect_count(x, "status = 'succeeded' AND attempts = 2", "1");
}

/* ---- What is over ------------------------------------------------------- */

static err *grows_old(job_world *x, const caller *c) {
    size_t count = 0;
    TRY(fails_at_once(x, c));
    x->mail.act = NULL;
    TRY(want(c, "mail", ""));
    TRY(wait_for(x, 2));
    TRY(want(c, "nobody's", ""));
    while (!str_equal(ask(x, "count(*)", "finished_at IS NULL"), STR("1")))
        fiber_yield();
    fake_clock_advance(&x->clock, INT64_C(2) * HOUR_MS * 1000);
    TRY(job_store_prune(c, HOUR_MS, &count));
    return count == 1 ? NULL : err_new(x->w->a, ERR_INTERNAL, "%zu", count);
}

static void old_ones_are_deleted_failed_ones_later(void **state) {
    job_world *x = here(state);
    run(x, grows_old);
    expect_count(x, "status = 'failed'", "1");
    expect_count(x, "status = 'queued'", "1");
    expect_count(x, "true", "2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(a_job_is_run_once_and_done, setup, teardown),
        WORLD_TESTS(it_is_there_when_its_change_is, setup, teardown),
        WORLD_TESTS(of_a_unique_key_there_is_one_at_a_time, setup, teardown),
        WORLD_TESTS(it_runs_for_who_asked, setup, teardown),
        WORLD_TESTS(pressing_ones_come_first_then_older_ones, setup, teardown),
        WORLD_TESTS(what_is_due_later_waits_wherever_the_clock_goes, setup,
                    teardown),
        WORLD_TESTS(of_a_kind_no_more_run_than_its_limit, setup, teardown),
        WORLD_TESTS(an_organization_does_not_crowd_out_others, setup, teardown),
        WORLD_TESTS(it_is_tried_again_until_no_attempt_is_left, setup,
                    teardown),
        WORLD_TESTS(what_would_not_help_is_not_tried_again, setup, teardown),
        WORLD_TESTS(one_that_takes_too_long_is_stopped, setup, teardown),
        WORLD_TESTS(one_that_runs_hears_that_it_is_cancelled, setup, teardown),
        WORLD_TESTS(who_ends_gives_back_what_it_has, setup, teardown),
        WORLD_TESTS(the_jobs_of_who_dies_are_run_again, setup, teardown),
        WORLD_TESTS(who_is_alone_does_not_wait_for_leases, setup, teardown),
        WORLD_TESTS(old_ones_are_deleted_failed_ones_later, setup, teardown),
    };
    return cmocka_run_group_tests_name("core/job", tests, NULL, NULL);
}
