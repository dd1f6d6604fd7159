#include "bin/serve_jobs.h"

#include "api/rest/async_write.h"
#include "core/audit_jobs.h"
#include "core/hook_after.h"
#include "core/job_prune.h"
#include "core/job_runner.h"
#include "core/restore_job.h"
#include "io/worker.h"

struct serve_jobs {
    worker_task task;
    arena *arena; /* the command's */
    job_bell bell;
    job_prune prune;
    audit_jobs *audit;
    const job_kind **kinds;
    size_t kind_count;
    const job_schedule **schedules;
    size_t schedule_count;
    job_runner_config config;
    int64_t drain_ms;
    worker_group *thread; /* or NULL */
    database_session *session;
    job_runner *runner;
};

/* ---- What there is ------------------------------------------------------ */

static void add_kind(serve_jobs *j, const job_kind *kind) {
    ARENA_PUSH(j->arena, j->kinds, j->kind_count, kind);
}

static void add_schedule(serve_jobs *j, const job_schedule *schedule) {
    ARENA_PUSH(j->arena, j->schedules, j->schedule_count, schedule);
}

static err *list_audit(serve_jobs *j, const config *c, const app *application) {
    const audit_jobs_config what = {
        .url = config_text(c, CONFIG_DATABASE),
        .key_path = config_text(c, CONFIG_AUDIT_KEY),
        .event_retention_ms = config_number(c, CONFIG_EVENT_RETENTION),
        .schema = application->schema,
        .log = application->log,
    };
    TRY(audit_jobs_open(j->arena, &what, &j->audit));
    for (size_t i = 0; i < AUDIT_JOB_COUNT; i++) {
        add_kind(j, audit_jobs_kind(j->audit, i));
        add_schedule(j, &AUDIT_JOB_SCHEDULES[i]);
    }
    return NULL;
}

/* Those of the application's hooks stand there already. */
static err *list_kinds(serve_jobs *j, const config *c, const app *application) {
    for (size_t i = 0; i < application->job_kind_count; i++)
        add_kind(j, application->job_kinds[i]);
    for (size_t i = 0; i < application->job_schedule_count; i++)
        add_schedule(j, application->job_schedules[i]);
    j->prune = job_prune_of(config_number(c, CONFIG_JOB_RETENTION));
    add_kind(j, &j->prune.kind);
    add_schedule(j, &JOB_PRUNE_SCHEDULE);
    add_kind(j, &RESTORE_JOB);
    add_kind(j, &HOOK_AFTER_JOB);
    add_kind(j, async_write_job(j->arena, application));
    return list_audit(j, c, application);
}

err *serve_jobs_open(command_context *c, app *application, serve_jobs **out) {
    *out = NULL;
    if (application->system == NULL || !config_is_on(&c->config, CONFIG_JOBS))
        return NULL;
    serve_jobs *j = arena_new_array(c->arena, serve_jobs, 1);
    j->arena = c->arena;
    j->bell.bell = bell_new();
    j->config.parallel = (size_t)config_number(&c->config, CONFIG_JOB_PARALLEL);
    j->config.is_alone = application->schema->engine == ENGINE_SQLITE;
    j->drain_ms = config_number(&c->config, CONFIG_DRAIN_TIMEOUT);
    TRY(list_kinds(j, &c->config, application));
    application->job_bell = &j->bell;
    application->job_kinds = j->kinds;
    application->job_kind_count = j->kind_count;
    application->job_schedules = j->schedules;
    application->job_schedule_count = j->schedule_count;
    *out = j;
    return NULL;
}

void serve_jobs_close(serve_jobs *j) {
    if (j == NULL)
        return;
    audit_jobs_close(j->audit);
    bell_free(j->bell.bell);
}

/* ---- The thread --------------------------------------------------------- */

static serve_jobs *of(worker_task *task) {
    return CONTAINER_OF(task, serve_jobs, task);
}

static err *open_thread(worker_task *task, arena *a, loop *l) {
    serve_jobs *j = of(task);
    TRY(database_session_open(a, j->config.app->database, l, &j->session));
    j->config.session = j->session;
    j->config.loop = l;
    err *e = job_runner_open(a, &j->config, &j->runner);
    if (e != NULL)
        database_session_close(j->session);
    return e;
}

static void drain_thread(worker_task *task) {
    serve_jobs *j = of(task);
    job_runner_drain(j->runner, j->drain_ms);
}

static void close_thread(worker_task *task) {
    serve_jobs *j = of(task);
    job_runner_close(j->runner);
    database_session_close(j->session);
}

err *serve_jobs_start(arena *a, serve_jobs *j, const app *application) {
    j->config.app = application;
    j->task = (worker_task){open_thread, drain_thread, close_thread};
    worker_task *const tasks[] = {&j->task};
    return worker_group_start(a, tasks, 1, &j->thread);
}

void serve_jobs_drain(serve_jobs *j) {
    if (j != NULL && j->thread != NULL)
        worker_group_drain(j->thread);
}

void serve_jobs_join(serve_jobs *j) {
    if (j != NULL && j->thread != NULL)
        worker_group_join(j->thread);
}
