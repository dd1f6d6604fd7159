/*
 * Processes that run jobs and are killed in the middle: each enqueues jobs, a
 * row of its application beside each, and tells what was acknowledged and what
 * was run through a pipe.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rand.h"
#include "core/job.h"
#include "core/job_runner.h"
#include "core/mutation_engine.h"
#include "core/system_caller.h"
#include "test/support/database_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

enum {
    MOST = 100000,
    KILLS = 8,
    LEASE_MS = 400,
    PATIENCE_MS = 60000,
    QUEUE_FULL = 5000, /* numbers from one process to the next */
};

static const char SCHEMA[] = "model Task {\n"
                             "  id Int @id\n"
                             "}\n";

/* ---- The process -------------------------------------------------------- */

typedef struct process {
    database_world *w;
    app app;
    job_bell bell;
    job_kind kind;
    const job_kind *kinds[1];
    job_runner *runner;
    job_runner_config config;
    int pipe;
    int64_t first; /* number of its tasks */
    int64_t most;  /* how many it wants */
    bool is_last;  /* it ends when the queue is empty */
} process;

static process *the_process; /* of the kind's function */

static void tell(const process *p, char what, int64_t number) {
    char line[32];
    int len = snprintf(line, sizeof line, "%c %lld\n", what, (long long)number);
    if (write(p->pipe, line, (size_t)len) != len)
        _exit(2);
}

static err *run_job(const job_kind *self, job_run *r) {
    int64_t number = 0;
    (void)self;
    if (!str_parse_int64(r->payload, &number))
        return err_new(r->caller->arena, ERR_INVALID, "no number");
    err *e = fiber_park(r->caller->arena,
                        deadline_in(the_process->w->loop, 1 + number % 5));
    if (e->code != ERR_TIMEOUT)
        return e;
    tell(the_process, 'R', number);
    return NULL;
}

static err *want_one(const process *p, int64_t number) {
    CLEANUP(arena_release) arena *a = arena_new();
    caller c = system_caller(a, &p->app, p->w->session, STR("test"));
    value cell = value_int(number);
    mutation task = world_insert(p->w, "Task", "id", &cell, 1);
    const job_wanted w = {
        .kind = p->kind.name,
        .payload = arena_printf(a, "%lld", (long long)number),
    };
    const mutation *all[] = {&task, NULL};
    mutation_result results[2];
    size_t failed_at;
    err *e = job_mutation(&c, &w, 1, &all[1]);
    if (e == NULL)
        e = mutation_engine_run_all(&c, all, 2, results, &failed_at);
    if (e != NULL)
        return err_new(p->w->a, e->code, "%.*s", STR_ARG(e->message));
    tell(p, 'A', number);
    job_wake(&p->app);
    return NULL;
}

static bool is_empty(const process *p) {
    return str_equal(
        database_world_ask(p->w, p->w->config.url.ptr[0] == 'f'
                                     ? "SELECT count(*) FROM tenon_job WHERE"
                                       " finished_at IS NULL"
                                     : "SELECT count(*) FROM tenon.job WHERE"
                                       " finished_at IS NULL"),
        STR("0"));
}

static err *live(void *argument) {
    process *p = argument;
    TRY(job_runner_open(p->w->a, &p->config, &p->runner));
    for (int64_t i = 0; i < p->most; i++)
        TRY(want_one(p, p->first + i));
    while (p->is_last && !is_empty(p)) {
        err *e = fiber_park(p->w->a, deadline_in(p->w->loop, 50));
        if (e->code != ERR_TIMEOUT)
            return e;
    }
    job_runner_drain(p->runner, PATIENCE_MS);
    return NULL;
}

/* Never returns. */
static void be_process(database_world *w, process *p) {
    p->w = w;
    w->loop = loop_new(); /* the other one is the parent's */
    the_process = p;
    if (database_world_open(w) != NULL)
        _exit(3);
    p->bell.bell = bell_new();
    p->kind = (job_kind){.name = STR("number"), .run = run_job};
    p->kinds[0] = &p->kind;
    p->app = (app){
        .schema = w->schema,
        .system = w->system,
        .database = w->database,
        .max_rows = QUERY_NO_LIMIT,
        .job_kinds = p->kinds,
        .job_kind_count = 1,
        .job_bell = &p->bell,
    };
    p->config = (job_runner_config){
        .app = &p->app,
        .session = w->session,
        .loop = w->loop,
        .lease_ms = LEASE_MS,
        .poll_ms = 50,
        .is_alone = w->schema->engine == ENGINE_SQLITE,
    };
    err *e = database_world_run(w, live, p);
    if (e != NULL)
        fprintf(stderr, "%.*s\n", STR_ARG(e->message));
    _exit(e != NULL ? 4 : 0);
}

/* ---- The test ----------------------------------------------------------- */

typedef struct seen {
    unsigned char is_acknowledged[MOST];
    unsigned char runs[MOST];
    size_t acknowledged;
} seen;

static pid_t start(database_world *w, process p, int *out) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE_MS / 1000);
        close(ends[0]);
        p.pipe = ends[1];
        be_process(w, &p);
    }
    close(ends[1]);
    *out = ends[0];
    return child;
}

static void read_all(int from, seen *s) {
    FILE *in = fdopen(from, "r");
    char line[32];
    while (fgets(line, sizeof line, in) != NULL) {
        char what = line[0];
        long long number = strtoll(line + 1, NULL, 10);
        assert_true(number >= 0 && number < MOST);
        if (what == 'R') {
            s->runs[number]++;
        } else {
            s->is_acknowledged[number] = 1;
            s->acknowledged++;
        }
    }
    fclose(in);
}

static database_world *world_for(void **state) {
    engine_kind engine = world_engine(state);
    database_world *w = NULL;
    database_world_begin_on(engine, SCHEMA, &w);
    if (w == NULL)
        skip();
    database_world_close(w);
    return w;
}

static str table(const database_world *w) {
    return w->postgres != NULL ? STR("tenon.job") : STR("tenon_job");
}

/* Each that was acknowledged ran, and none ran whose row is not there. */
static void check(const database_world *w, const seen *s) {
    size_t twice = 0;
    for (size_t i = 0; i < MOST; i++) {
        if (s->is_acknowledged[i] && s->runs[i] == 0)
            fail_msg("job %zu was acknowledged and never run", i);
        twice += s->runs[i] > 1;
    }
    str rows = database_world_ask(w, "SELECT count(*) FROM \"Task\"");
    str jobs = database_world_ask(
        w, arena_printf(w->a,
                        "SELECT count(*) FROM %.*s WHERE status ="
                        " 'succeeded'",
                        STR_ARG(table(w)))
               .ptr);
    expect_str(jobs, rows);
    print_message("%zu acknowledged, %.*s rows, %zu run again\n",
                  s->acknowledged, STR_ARG(rows), twice);
}

static void wait_until_killed(pid_t child, int out, seen *s, long ms) {
    usleep((useconds_t)ms * 1000);
    kill(child, SIGKILL);
    read_all(out, s);
    waitpid(child, NULL, 0);
}

static void wait_until_ended(pid_t child, int out, seen *s) {
    int status = 0;
    read_all(out, s);
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void what_was_acknowledged_runs_whoever_is_killed(void **state) {
    database_world *w = world_for(state);
    seen *s = arena_new_array(w->a, seen, 1);
    rand_source random = rand_seeded(7);
    process p = {.most = MOST};
    int out;
    for (int i = 0; i < KILLS; i++) {
        pid_t child = start(w, p, &out);
        wait_until_killed(child, out, s, 60 + (long)rand_below(&random, 200));
        p.first += QUEUE_FULL;
        p.most = QUEUE_FULL;
    }
    p.most = 10;
    p.is_last = true;
    pid_t last = start(w, p, &out);
    wait_until_ended(last, out, s);
    check(w, s);
    assert_true(s->acknowledged >= 10);
    database_world_free(w);
}

static void two_processes_share_the_work(void **state) {
    database_world *w = world_for(state);
    if (w->postgres == NULL) /* one process has the file */
        skip();
    seen *s = arena_new_array(w->a, seen, 1);
    process one = {.most = 300, .is_last = true};
    process two = {.first = 1000, .most = 300, .is_last = true};
    int first;
    int second;
    pid_t a = start(w, one, &first);
    pid_t b = start(w, two, &second);
    wait_until_ended(a, first, s);
    wait_until_ended(b, second, s);
    check(w, s);
    for (size_t i = 0; i < MOST; i++)
        assert_true(s->runs[i] <= 1);
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        {"what_was_acknowledged_runs_whoever_is_killed on SQLite",
         what_was_acknowledged_runs_whoever_is_killed, NULL, NULL, NULL},
        {"what_was_acknowledged_runs_whoever_is_killed on PostgreSQL",
         what_was_acknowledged_runs_whoever_is_killed, NULL, NULL,
         world_postgresql()},
        {"two_processes_share_the_work on PostgreSQL",
         two_processes_share_the_work, NULL, NULL, world_postgresql()},
    };
    return cmocka_run_group_tests_name("core/job_process", tests, NULL, NULL);
}
