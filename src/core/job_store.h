/*
 * job_store.h: what a runner does to the rows of jobs, each a statement or a
 * transaction.
 *
 *     queued ---> running ---> succeeded
 *        ^           |-------> failed        no attempt is left, or is_final
 *        |           |-------> cancelled
 *        '-----------'                       tried again later, given back, or
 *                                            its lease has ended
 *
 * Who takes a job writes its lease into the row: a text of its own for each
 * time that something is taken, and until when it counts. What comes of the job
 * is written only where the lease still stands, so that a runner that lost it
 * cannot say that it is done. That does not hang on anybody's clock; when a
 * lease has ended does, so the clocks of several nodes should agree on the
 * minute.
 *
 * How many of a kind run at once is held by the database: each has a slot of
 * its own below the limit, and a unique key sees to it.
 *
 * All of it runs as a system caller, and suspends.
 */
#ifndef CORE_JOB_STORE_H
#define CORE_JOB_STORE_H

#include "core/job.h"

/* A job that was taken; texts are in the caller's arena. */
typedef struct job_taken {
    str id;
    str kind;
    str payload;
    str organization_id;
    str origin; /* JSON */
    str run_at; /* as a column's value */
    str lease;
    int64_t attempts; /* that have ended before */
    int64_t max_attempts;
    bool is_cancelled;
} job_taken;

typedef struct job_lease {
    str text;
    int64_t ms; /* how long it counts */
} job_lease;

/* Jobs of the kind that are due, most pressing first; at most so many.
 * *is_contended: there may be more, but somebody else was at them. */
fallible job_store_take(const caller *c, const job_kind *kind, job_lease lease,
                        size_t most, job_taken **out, size_t *count,
                        bool *is_contended);

/* What became of a job. */
typedef enum job_end {
    JOB_END_SUCCESS,
    JOB_END_FAILURE, /* for good */
    JOB_END_RETRY,   /* at retry_at_ms */
    JOB_END_CANCELLED,
    JOB_END_GIVEN_BACK, /* not begun, as far as anybody knows */
} job_end;

typedef struct job_result {
    const job_taken *job;
    job_end end;
    str error; /* or empty */
    int64_t retry_at_ms;
    bool was_written; /* set: the lease stood */
} job_result;

/* In one transaction. */
fallible job_store_end(const caller *c, job_result *results, size_t count);

/* A job that its runner still has. */
typedef struct job_renewed {
    str id;
    str lease;
    bool is_cancelled;
} job_renewed;

/* The leases count from now on anew. */
fallible job_store_renew(const caller *c, const str *leases, size_t count,
                         int64_t ms, job_renewed **out, size_t *out_count);

/* Gives back the jobs whose leases have ended, or with is_alone, as nobody else
 * runs any, all that are running. *count: how many. */
fallible job_store_reclaim(const caller *c, bool is_alone, size_t *count);

/* Deletes what has been finished for so long, some hundreds at most; failed ones
 * are kept four times as long. */
fallible job_store_prune(const caller *c, int64_t keep_ms, size_t *count);

/* When to try again after so many attempts: at random up to a limit that
 * doubles each time. */
int64_t job_store_back_off_ms(rand_source *random, int64_t attempts);

#endif
