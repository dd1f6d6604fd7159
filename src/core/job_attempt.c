#include "core/job_attempt.h"

#include "base/clock.h"
#include "base/json.h"
#include "core/system_caller.h"
#include "io/bell.h"

enum { MAX_ERROR_BYTES = 4096 };

/* ---- Who asked ---------------------------------------------------------- */

static str part_of(const json *origin, str name) {
    const json *v = json_find(origin, name);
    return v != NULL && v->kind == JSON_STRING ? v->text : (str){0};
}

/* The row's, with a reason of ours: what nobody asked for now says so. */
static change_origin read_origin(arena *a, const job_taken *job) {
    const json *parts = NULL;
    bool is_read = !str_is_empty(job->origin) &&
                   json_parse(a, job->origin, &parts) == NULL;
    change_origin out = {
        .reason = arena_printf(a, "job %.*s", STR_ARG(job->kind)),
    };
    if (!is_read)
        return out;
    out.user_id = part_of(parts, STR("user_id"));
    out.token_id = part_of(parts, STR("token_id"));
    out.organization_id = part_of(parts, STR("organization_id"));
    out.space_id = part_of(parts, STR("space_id"));
    out.request_id = part_of(parts, STR("request_id"));
    return out;
}

/* ---- Life --------------------------------------------------------------- */

static job_taken copy_job(arena *a, const job_taken *job) {
    job_taken out = *job;
    out.id = arena_copy(a, job->id);
    out.kind = arena_copy(a, job->kind);
    out.payload = arena_copy(a, job->payload);
    out.organization_id = arena_copy(a, job->organization_id);
    out.origin = arena_copy(a, job->origin);
    out.lease = arena_copy(a, job->lease);
    out.run_at = arena_copy(a, job->run_at);
    return out;
}

job_attempt *job_attempt_new(const app *application, database_session *session,
                             loop *l, const job_kind *kind,
                             const job_taken *job) {
    arena *a = arena_new();
    job_attempt *t = arena_new_array(a, job_attempt, 1);
    int64_t limit_ms =
        kind->time_limit_ms > 0 ? kind->time_limit_ms : JOB_TIME_LIMIT_MS;
    t->arena = a;
    t->bell = application->job_bell->bell;
    t->job = copy_job(a, job);
    t->origin = read_origin(a, &t->job);
    t->caller = system_caller(a, application, session, t->origin.reason);
    t->caller.origin = &t->origin;
    t->until = deadline_in(l, limit_ms);
    t->run = (job_run){
        .caller = &t->caller,
        .kind = kind,
        .id = t->job.id,
        .payload = t->job.payload,
        .organization_id = t->job.organization_id,
        .attempt = (unsigned)t->job.attempts + 1,
        .is_cancelled = t->job.is_cancelled,
    };
    return t;
}

void job_attempt_free(job_attempt *t) {
    arena_free(t->arena);
}

static void end(job_attempt *t, err *failure) {
    t->failure = failure;
    t->has_ended = true;
    bell_ring(t->bell);
}

static err *run(void *argument) {
    job_attempt *t = argument;
    t->fiber = fiber_current();
    end(t, t->run.kind->run(t->run.kind, &t->run));
    return NULL; /* its siblings go on */
}

void job_attempt_start(job_attempt *t, fiber_group *group) {
    err *e = fiber_start(t->arena, group, run, t);
    if (e == NULL)
        return;
    t->is_given_back = true;
    end(t, e);
}

void job_attempt_stop(job_attempt *t) {
    if (!t->has_ended)
        fiber_cancel(t->fiber);
}

/* ---- What came of it ---------------------------------------------------- */

static str message_of(arena *a, const err *e) {
    CLEANUP(buf_free) buf text = buf_new(MAX_ERROR_BYTES);
    err_print(&text, e);
    return arena_copy(a, buf_str(&text));
}

static job_result failure_of(const job_attempt *t, arena *a,
                             rand_source *random) {
    bool is_last = t->job.attempts + 1 >= t->job.max_attempts;
    int64_t now_ms = clock_wall_ms(t->caller.app->clock);
    return (job_result){
        .job = &t->job,
        .end = is_last || t->run.is_final ? JOB_END_FAILURE : JOB_END_RETRY,
        .error = t->is_late ? STR("it took longer than its kind may")
                            : message_of(a, t->failure),
        .retry_at_ms = now_ms + job_store_back_off_ms(random, t->job.attempts),
    };
}

job_result job_attempt_result(const job_attempt *t, arena *a,
                              rand_source *random) {
    if (t->failure == NULL)
        return (job_result){.job = &t->job, .end = JOB_END_SUCCESS};
    if (t->is_given_back)
        return (job_result){.job = &t->job, .end = JOB_END_GIVEN_BACK};
    if (t->run.is_cancelled)
        return (job_result){.job = &t->job, .end = JOB_END_CANCELLED};
    return failure_of(t, a, random);
}

void job_attempt_tell(const job_attempt *t, const job_result *result) {
    const logger *log = t->caller.app->log;
    if (log == NULL)
        return;
    if (!result->was_written)
        log_warn(log, "a job was done that somebody else has by now",
                 LOG_STR("kind", t->job.kind), LOG_STR("job", t->job.id),
                 LOG_END);
    else if (result->end == JOB_END_FAILURE)
        log_error(log, "a job has failed", LOG_STR("kind", t->job.kind),
                  LOG_STR("job", t->job.id),
                  LOG_INT("attempts", t->run.attempt),
                  LOG_STR("reason", result->error), LOG_END);
    else if (result->end == JOB_END_RETRY)
        log_warn(log, "a job did not succeed, and is tried again",
                 LOG_STR("kind", t->job.kind), LOG_STR("job", t->job.id),
                 LOG_INT("attempt", t->run.attempt),
                 LOG_STR("reason", result->error), LOG_END);
}
