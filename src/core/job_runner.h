/*
 * job_runner.h: runs jobs on one loop: takes those that are due, calls each in a
 * fiber, and writes down what came of it.
 *
 *     job_runner *r = NULL;
 *     TRY(job_runner_open(a, &config, &r));      begins at once
 *     ... the loop runs ...
 *     job_runner_drain(r, 10000);                takes no more
 *     ... until the loop has ended ...
 *     job_runner_close(r);
 *
 * One fiber speaks to the database: what has ended since it last looked is one
 * transaction. It sleeps until somebody enqueues a job in this process
 * (job_wake) or a job ends, and looks every few seconds for what others have
 * enqueued and for what has become due.
 */
#ifndef CORE_JOB_RUNNER_H
#define CORE_JOB_RUNNER_H

#include "core/job.h"

typedef struct job_runner job_runner;

/* 0: what is behind it. */
typedef struct job_runner_config {
    const app *app; /* with kinds and a bell; outlives the runner */
    database_session *session;
    loop *loop;
    size_t parallel;  /* 16 */
    int64_t lease_ms; /* 60 s; renewed when a quarter is over */
    int64_t poll_ms;  /* 5 s */
    bool is_alone;    /* no other process runs jobs of the database */
} job_runner_config;

/* On the loop's thread. */
fallible job_runner_open(arena *a, const job_runner_config *config,
                         job_runner **out);

/* Jobs under way may take so long; then they are cancelled, and given back. The
 * first call counts. On the loop's thread. */
void job_runner_drain(job_runner *r, int64_t ms);

/* After the loop has ended. */
void job_runner_close(job_runner *r);

#endif
