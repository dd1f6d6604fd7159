/*
 * jobs.c: how many jobs that do nothing a process takes through the queue:
 *
 *     bench_jobs SCHEMA URL COUNT
 *
 * of a database that was pushed and that nobody serves. First COUNT are
 * enqueued, some hundred in a transaction; then they are run; then a tenth of
 * that is enqueued one by one while they are run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/job.h"
#include "core/job_runner.h"
#include "core/mutation_engine.h"
#include "core/system_caller.h"
#include "database/system_schema.h"
#include "io/fiber.h"
#include "schema/load.h"

enum { AT_ONCE = 500, POLL_MS = 2 };

typedef struct measuring {
    app app;
    arena *arena; /* of errs */
    database_session *session;
    loop *loop;
    job_bell bell;
    job_kind kind;
    const job_kind *kinds[1];
    job_runner *runner;
    size_t count;
    err *failure;
} measuring;

static size_t ran; /* of the kind's function, which has no other place */

static err *run_nothing(const job_kind *self, job_run *r) {
    (void)self;
    (void)r;
    ran++;
    return NULL;
}

static void report(const char *what, size_t count, int64_t began_us) {
    double seconds = (double)(clock_monotonic_us(NULL) - began_us) / 1e6;
    printf("%-24s %8.0f jobs/s\n", what, (double)count / seconds);
    fflush(stdout);
}

static err *enqueue(measuring *x, size_t count) {
    CLEANUP(arena_release) arena *a = arena_new();
    caller c = system_caller(a, &x->app, x->session, STR("bench"));
    job_wanted *wanted = arena_new_array(a, job_wanted, count);
    const mutation *m = NULL;
    mutation_result result;
    for (size_t i = 0; i < count; i++)
        wanted[i].kind = x->kind.name;
    err *e = job_mutation(&c, wanted, count, &m);
    if (e == NULL)
        e = mutation_engine_run(&c, m, &result);
    job_wake(&x->app);
    return e != NULL ? err_new(x->arena, e->code, "%.*s", STR_ARG(e->message))
                     : NULL;
}

static err *wait_for(measuring *x, arena *a, size_t count) {
    while (ran < count) {
        arena_place place = arena_mark(a);
        err *e = fiber_park(a, deadline_in(x->loop, POLL_MS));
        if (e != NULL && e->code != ERR_TIMEOUT)
            return e;
        arena_rewind(a, place);
    }
    return NULL;
}

static err *measure(measuring *x, arena *a) {
    int64_t began_us = clock_monotonic_us(NULL);
    size_t few = x->count / 10;
    for (size_t i = 0; i < x->count; i += AT_ONCE)
        TRY(enqueue(x, AT_ONCE));
    report("enqueued in bulk", x->count, began_us);
    const job_runner_config config = {
        .app = &x->app,
        .session = x->session,
        .loop = x->loop,
        .parallel = 64,
        .is_alone = true,
    };
    began_us = clock_monotonic_us(NULL);
    TRY(job_runner_open(a, &config, &x->runner));
    TRY(wait_for(x, a, x->count));
    report("run", x->count, began_us);
    began_us = clock_monotonic_us(NULL);
    for (size_t i = 0; i < few; i++)
        TRY(enqueue(x, 1));
    TRY(wait_for(x, a, x->count + few));
    report("enqueued one by one, run", few, began_us);
    return NULL;
}

static err *body(void *argument) {
    measuring *x = argument;
    x->failure = measure(x, x->arena);
    if (x->runner != NULL)
        job_runner_drain(x->runner, 1000);
    return NULL;
}

static err *run(arena *a, char **argv) {
    measuring x = {
        .arena = a, .loop = loop_new(), .count = (size_t)atol(argv[3])};
    database_config place = {.url = str_of(argv[2])};
    diag_list diags = {0};
    engine_kind engine;
    fiber_group group = {.loop = x.loop};
    TRY(database_engine_of(a, place.url, &engine));
    TRY(schema_load_file(a, str_of(argv[1]), engine, &diags, &x.app.schema));
    TRY(system_schema_load(a, x.app.schema, engine, &x.app.system));
    place.system = x.app.system;
    TRY(database_open(a, &place, x.app.schema, &x.app.database));
    TRY(database_session_open(a, x.app.database, x.loop, &x.session));
    x.bell.bell = bell_new();
    x.kind = (job_kind){.name = STR("bench"), .run = run_nothing};
    x.kinds[0] = &x.kind;
    x.app.job_kinds = x.kinds;
    x.app.job_kind_count = 1;
    x.app.job_bell = &x.bell;
    x.app.max_rows = QUERY_NO_LIMIT;
    TRY(fiber_start(a, &group, body, &x));
    loop_stop(x.loop);
    loop_run(x.loop);
    if (x.runner != NULL)
        job_runner_close(x.runner);
    database_session_close(x.session);
    database_close(x.app.database);
    bell_free(x.bell.bell);
    loop_free(x.loop);
    return x.failure;
}

int main(int argc, char **argv) {
    CLEANUP(arena_release) arena *a = arena_new();
    if (argc != 4) {
        fprintf(stderr, "usage: bench_jobs SCHEMA URL COUNT\n");
        return 2;
    }
    err *e = run(a, argv);
    if (e != NULL)
        fprintf(stderr, "bench_jobs: %.*s\n", STR_ARG(e->message));
    return e != NULL;
}
