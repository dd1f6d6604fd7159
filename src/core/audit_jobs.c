#include "core/audit_jobs.h"

#include "base/clock.h"
#include "database/audit_prune.h"
#include "database/audit_seal.h"
#include "database/event_prune.h"

#define SEAL "audit.seal"
#define PRUNE "audit.prune"

/* A log that was not kept for years takes its time. */
enum { QUEUE = 4, TIME_LIMIT_MS = 6 * 60 * 60 * 1000 };

typedef err *work_fn(arena *a, const audit_jobs *j);

typedef struct audit_job {
    job_kind kind;
    audit_jobs *of;
    work_fn *work;
} audit_job;

struct audit_jobs {
    audit_jobs_config config;
    blocking_pool *thread;
    audit_job jobs[AUDIT_JOB_COUNT];
};

const job_schedule AUDIT_JOB_SCHEDULES[AUDIT_JOB_COUNT] = {
    {
        .name = STR_INIT(SEAL),
        .kind = STR_INIT(SEAL),
        .cron = STR_INIT("*/5 * * * *"),
    },
    {
        .name = STR_INIT(PRUNE),
        .kind = STR_INIT(PRUNE),
        .cron = STR_INIT("41 2 * * *"),
    },
};

/* ---- The work ------------------------------------------------------------ */

/* Of a server that has never written there is no log yet. */
static err *seal(arena *a, const audit_jobs *j) {
    CLEANUP(target_close) target *t = NULL;
    audit_key k;
    audit_sealing done;
    TRY(audit_key_load(a, j->config.key_path, &k));
    TRY(target_open(a, j->config.url, TARGET_WRITE, &t));
    err *e = audit_seal_run(a, t, &k, &done);
    if (e != NULL)
        return e->code == ERR_NOT_FOUND ? NULL : e;
    if (done.seals > 0 && !k.can_sign && j->config.log != NULL)
        log_warn(j->config.log,
                 "the audit log was sealed without a signature: tenon audit "
                 "key makes a key",
                 LOG_STR("key", k.path), LOG_END);
    if (done.unremembered != NULL && j->config.log != NULL)
        log_warn(j->config.log,
                 "the newest seal of the audit log is not remembered here, so "
                 "that it would not be missed",
                 LOG_STR("why", done.unremembered->message), LOG_END);
    return NULL;
}

static err *keep_partitions(arena *a, target *t) {
    target_rows none;
    if (target_engine(t) == ENGINE_SQLITE)
        return NULL;
    /* Whoever records a change waits for a new one. */
    TRY(target_run(a, t, (str){0}, STR("SET lock_timeout = 2000")));
    err *e = target_query(a, t, STR("SELECT tenon.audit_partitions(12)"), NULL,
                          0, &none);
    return e != NULL && e->code != ERR_BUSY ? e : NULL;
}

static void tell_pruned(const audit_jobs *j, const audit_pruning *done,
                        int64_t events) {
    if (j->config.log == NULL || done->rows + done->kept + events == 0)
        return;
    log_info(j->config.log, "removed what is kept no longer",
             LOG_INT("audit_rows", done->rows), LOG_INT("events", events),
             LOG_END);
    if (done->kept > 0)
        log_error(j->config.log,
                  "rows of the audit log are not what was sealed: tenon audit "
                  "verify names them",
                  LOG_INT("rows", done->kept), LOG_END);
}

static err *prune(arena *a, const audit_jobs *j) {
    CLEANUP(target_close) target *t = NULL;
    audit_key k;
    audit_pruning done;
    int64_t events;
    int64_t now = clock_wall_ms(NULL);
    TRY(seal(a, j));
    TRY(audit_key_load(a, j->config.key_path, &k));
    TRY(target_open(a, j->config.url, TARGET_WRITE, &t));
    TRY(keep_partitions(a, t));
    TRY(audit_prune_run(a, t, &k, j->config.schema, now, &done));
    TRY(event_prune_run(a, t, now, j->config.event_retention_ms, &events));
    tell_pruned(j, &done, events);
    return NULL;
}

/* ---- As jobs ------------------------------------------------------------ */

typedef struct running {
    const audit_job *job;
    arena *a; /* of the thread */
} running;

static err *run_there(void *argument) {
    const running *r = argument;
    return r->job->work(r->a, r->job->of);
}

_Static_assert(offsetof(audit_job, kind) == 0, "a kind is the whole");

static err *run(const job_kind *self, job_run *r) {
    running here = {.job = (const audit_job *)self, .a = arena_new()};
    arena *a = r->caller->arena;
    err *e = blocking_run(a, here.job->of->thread, run_there, &here);
    if (e != NULL)
        e = err_copy(a, e);
    arena_free(here.a);
    return e;
}

static audit_job job_of(audit_jobs *j, const char *name, work_fn *work) {
    return (audit_job){
        .kind = {.name = str_of(name),
                 .run = run,
                 .limit = 1,
                 .time_limit_ms = TIME_LIMIT_MS},
        .of = j,
        .work = work,
    };
}

err *audit_jobs_open(arena *a, const audit_jobs_config *config,
                     audit_jobs **out) {
    audit_jobs *j = arena_new_array(a, audit_jobs, 1);
    j->config = *config;
    TRY(blocking_pool_new(a, 1, QUEUE, &j->thread));
    j->jobs[0] = job_of(j, SEAL, seal);
    j->jobs[1] = job_of(j, PRUNE, prune);
    *out = j;
    return NULL;
}

void audit_jobs_close(audit_jobs *j) {
    if (j != NULL)
        blocking_pool_free(j->thread);
}

const job_kind *audit_jobs_kind(const audit_jobs *j, size_t i) {
    return &j->jobs[i].kind;
}
