/* Hooks behind commits: a job for each change, and what it shows them. */
#include "core/hook_dispatcher.h"

#include "core/hook_after.h"
#include "core/system_caller.h"
#include "database/system_schema.h"
#include "test/support/hook_world.h"
#include "test/support/test.h"

typedef struct world {
    hook_world *w;
    hook_dispatcher dispatcher;
    str payloads; /* of all jobs */
    bool is_final;
    const change_origin *origin;
    int64_t first_id;
    const char *table;
} world;

static world *here(void **state) {
    hook_world *w = hook_world_here(state);
    world *all = arena_new_array(w->database->a, world, 1);
    static const change_origin SOMEBODY = {.request_id = STR_INIT("1")};
    all->w = w;
    all->origin = &SOMEBODY;
    w->caller.origin = &SOMEBODY;
    all->table = "task";
    for (size_t i = 0; i < 4; i++) {
        w->is_without[i] = true;
        w->has_after[i] = i != HOOK_READ;
    }
    hook_dispatcher_init(&all->dispatcher, &w->app, w->database->session);
    return all;
}

/* ---- Steps, each in a fiber --------------------------------------------- */

static err *round_of(hook_dispatcher *d, world *x) {
    bool is_more;
    return hook_dispatcher_round(d, x->w->database->a, &is_more);
}

static err *dispatch(void *argument) {
    world *x = argument;
    return round_of(&x->dispatcher, x);
}

static err *add(void *argument) {
    world *x = argument;
    database_world *d = x->w->database;
    mutation_result result;
    caller c = x->w->caller;
    const value cells[] = {value_int(x->first_id), value_text("a"),
                           value_int(x->first_id + 1), value_text("b")};
    mutation m = world_insert(d, x->table, "id title", cells, 2);
    c.origin = x->origin;
    return mutation_engine_run(&c, &m, &result);
}

static err *read_jobs(void *argument) {
    world *x = argument;
    const schema *system = x->w->app.system;
    const query_column column =
        query_column_of(system_schema_field(system, SYSTEM_JOB, "payload"));
    const query_order order = {
        .field = system_schema_field(system, SYSTEM_JOB, "id")};
    const query q = {.model = system_schema_model(system, SYSTEM_JOB),
                     .columns = &column,
                     .column_count = 1,
                     .order = &order,
                     .order_count = 1,
                     .limit = QUERY_NO_LIMIT};
    return world_read(x->w->database, &q, &x->payloads, NULL);
}

static void step(world *x, fiber_fn fn) {
    expect_ok(database_world_run(x->w->database, fn, x));
}

static str jobs(world *x) {
    step(x, read_jobs);
    return world_compact(x->w->database, x->payloads);
}

/* ---- Dispatching -------------------------------------------------------- */

static void each_change_behind_it_becomes_one_job(void **state) {
    world *x = here(state);
    x->first_id = 1;
    step(x, add);
    step(x, dispatch); /* begins here */
    expect_str(jobs(x), STR(""));
    x->first_id = 3;
    step(x, add);
    step(x, dispatch);
    expect_str(jobs(x), STR("{\"sequence\":3};{\"sequence\":4}"));
    step(x, dispatch);
    expect_str(jobs(x), STR("{\"sequence\":3};{\"sequence\":4}"));
}

static void changes_without_hooks_are_left_out(void **state) {
    world *x = here(state);
    step(x, dispatch);
    x->table = "plain";
    step(x, add);
    x->w->has_after[HOOK_CREATE] = false;
    x->table = "task";
    step(x, add);
    step(x, dispatch);
    expect_str(jobs(x), STR(""));
    x->w->has_after[HOOK_CREATE] = true;
    x->first_id = 5;
    step(x, add);
    step(x, dispatch);
    expect_str(jobs(x), STR("{\"sequence\":5};{\"sequence\":6}"));
}

static err *dispatch_twice(void *argument) {
    world *x = argument;
    hook_dispatcher other;
    hook_dispatcher_init(&other, &x->w->app, x->w->database->session);
    TRY(round_of(&other, x)); /* from where the first one was */
    TRY(round_of(&x->dispatcher, x));
    TRY(round_of(&x->dispatcher, x));
    return round_of(&other, x);
}

static void two_that_dispatch_make_one_job_each(void **state) {
    world *x = here(state);
    step(x, dispatch);
    x->first_id = 1;
    step(x, add);
    step(x, dispatch_twice);
    expect_str(jobs(x), STR("{\"sequence\":1};{\"sequence\":2}"));
    /* One that starts again goes on where it was. */
    x->first_id = 3;
    step(x, add);
    hook_dispatcher_init(&x->dispatcher, &x->w->app, x->w->database->session);
    step(x, dispatch);
    step(x, dispatch_twice);
    expect_str(jobs(x), STR("{\"sequence\":1};{\"sequence\":2};"
                            "{\"sequence\":3};{\"sequence\":4}"));
}

static void without_hooks_nothing_is_needed(void **state) {
    world *x = here(state);
    assert_true(hook_dispatcher_is_needed(&x->w->app));
    x->w->has_after[HOOK_CREATE] = false;
    x->w->has_after[HOOK_UPDATE] = false;
    x->w->has_after[HOOK_DELETE] = false;
    assert_false(hook_dispatcher_is_needed(&x->w->app));
}

/* ---- The job ------------------------------------------------------------ */

static err *run_last_job(void *argument) {
    world *x = argument;
    hook_world *w = x->w;
    str payload = {0};
    TRY(read_jobs(x));
    while (!str_is_empty(x->payloads))
        payload = str_split(&x->payloads, ';');
    caller who = system_caller(w->database->a, &w->app, w->database->session,
                               STR("job hook.after"));
    job_run run = {.caller = &who,
                   .kind = &HOOK_AFTER_JOB,
                   .payload = payload,
                   .attempt = 1};
    err *e = HOOK_AFTER_JOB.run(&HOOK_AFTER_JOB, &run);
    x->is_final = run.is_final;
    return e;
}

static err *look(hook_world *w, const caller *c, hook_batch *batch) {
    const char *kind = c->principal.kind == PRINCIPAL_SYSTEM ? "system" : "";
    buf_printf(&w->log, " %s %.*s %.*s", kind, STR_ARG(c->origin->user_id),
               STR_ARG(c->origin->reason));
    return batch->time == HOOK_AFTER
               ? NULL
               : err_new(c->arena, ERR_INTERNAL, "at another time");
}

static void the_job_calls_the_hook_as_who_made_the_change(void **state) {
    static const change_origin ANNA = {.user_id = STR_INIT("anna")};
    world *x = here(state);
    step(x, dispatch);
    x->origin = &ANNA;
    step(x, add);
    step(x, dispatch);
    x->w->on = look;
    step(x, run_last_job);
    expect_str(hook_world_log(x->w), STR("create task (b)  anna after hook 1"));
}

static void what_the_server_did_by_itself_it_does(void **state) {
    static const change_origin SELF = {.reason = STR_INIT("retention")};
    world *x = here(state);
    step(x, dispatch);
    x->origin = &SELF;
    step(x, add);
    step(x, dispatch);
    x->w->on = look;
    step(x, run_last_job);
    expect_str(hook_world_log(x->w),
               STR("create task (b) system  after hook 1"));
}

static void hooks_that_lead_to_each_other_come_to_an_end(void **state) {
    static const change_origin LAST = {.reason = STR_INIT("after hook 8")};
    world *x = here(state);
    step(x, dispatch);
    x->origin = &LAST;
    step(x, add);
    step(x, dispatch);
    err *e = database_world_run(x->w->database, run_last_job, x);
    expect_err(e, ERR_HOOK_DEPTH,
               STR("hooks of \"task\" call each other more than 8 deep"));
    assert_true(x->is_final);
}

static err *set_secret(void *argument) {
    world *x = argument;
    database_world *d = x->w->database;
    value secret = value_text("psst");
    mutation m =
        world_update(d, "task", "secret", &secret,
                     world_compare(d, world_field(d, "task", "id"), COMPARE_EQ,
                                   value_int(x->first_id)));
    mutation_result result;
    return mutation_engine_run(&x->w->caller, &m, &result);
}

static err *look_at_row(hook_world *w, const caller *c, hook_batch *batch) {
    static const char *const KINDS[] = {
        [VALUE_NULL] = "null", [VALUE_DEFAULT] = "hidden"};
    (void)c;
    value_kind before = hook_world_before(batch, 0, "secret")->kind;
    value_kind now = hook_world_cell(batch, 0, "secret")->kind;
    int64_t id = hook_world_cell(batch, 0, "id")->integer;
    buf_printf(&w->log, " %s %s %d", KINDS[before], KINDS[now], (int)id);
    return NULL;
}

static void a_hook_sees_the_row_without_its_secrets(void **state) {
    world *x = here(state);
    x->first_id = 1;
    step(x, add);
    step(x, dispatch);
    step(x, set_secret);
    step(x, dispatch);
    x->w->on = look_at_row;
    x->w->source.base.sees_redacted = true;
    step(x, run_last_job);
    expect_str(hook_world_log(x->w), STR("update task (a->a) null hidden 1"));
}

static void a_hook_that_is_gone_is_not_missed(void **state) {
    world *x = here(state);
    step(x, dispatch);
    step(x, add);
    step(x, dispatch);
    x->w->has_after[HOOK_CREATE] = false;
    step(x, run_last_job);
    expect_str(hook_world_log(x->w), STR(""));
}

#define DISPATCH(fn)                                                           \
    WORLD_TESTS(fn, hook_world_setup_recorded, hook_world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        DISPATCH(each_change_behind_it_becomes_one_job),
        DISPATCH(changes_without_hooks_are_left_out),
        DISPATCH(two_that_dispatch_make_one_job_each),
        DISPATCH(without_hooks_nothing_is_needed),
        DISPATCH(the_job_calls_the_hook_as_who_made_the_change),
        DISPATCH(what_the_server_did_by_itself_it_does),
        DISPATCH(hooks_that_lead_to_each_other_come_to_an_end),
        DISPATCH(a_hook_sees_the_row_without_its_secrets),
        DISPATCH(a_hook_that_is_gone_is_not_missed),
    };
    return cmocka_run_group_tests_name("core/hook_dispatcher", tests, NULL,
                                       NULL);
}
