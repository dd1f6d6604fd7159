/*
 * job_attempt.h: a job in its fiber, from when it was taken until what came of
 * it is written down. For the runner (job_runner.h).
 */
#ifndef CORE_JOB_ATTEMPT_H
#define CORE_JOB_ATTEMPT_H

#include "core/job_store.h"
#include "io/fiber.h"

typedef struct job_attempt {
    job_run run;
    job_taken job;
    arena *arena; /* its own, which it is in */
    caller caller;
    change_origin origin;
    bell *bell; /* rung when it has ended */
    fiber *fiber;
    deadline until;
    err *failure;
    bool has_ended;
    bool is_late;       /* stopped at its time limit */
    bool is_given_back; /* stopped because the process ends */
    bool is_written;    /* what came of it */
    struct job_attempt *next;
} job_attempt;

/* Copies what was taken. */
job_attempt *job_attempt_new(const app *application, database_session *session,
                             loop *l, const job_kind *kind,
                             const job_taken *job);
void job_attempt_free(job_attempt *t);

/* In a fiber of the group. One that could not get a fiber has ended at once. */
void job_attempt_start(job_attempt *t, fiber_group *group);

/* Asks it to stop, if it has not ended. */
void job_attempt_stop(job_attempt *t);

/* Of one that has ended. */
job_result job_attempt_result(const job_attempt *t, arena *a,
                              rand_source *random);

/* Tells the log of a job that did not succeed. */
void job_attempt_tell(const job_attempt *t, const job_result *result);

#endif
