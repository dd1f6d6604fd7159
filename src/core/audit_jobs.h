/*
 * audit_jobs.h: the jobs that keep the audit log: it is sealed every five
 * minutes, and once a day what is kept no longer is removed, of the feed of
 * events, too. On PostgreSQL there are then partitions for a year.
 *
 * They work beside the server, on a connection and a thread of their own: a log
 * may be large, and nobody waits for them.
 */
#ifndef CORE_AUDIT_JOBS_H
#define CORE_AUDIT_JOBS_H

#include "core/job.h"
#include "core/job_schedule.h"

typedef struct audit_jobs audit_jobs;

typedef struct audit_jobs_config {
    str url;      /* of the database */
    str key_path; /* see audit_key.h */
    int64_t event_retention_ms;
    const schema *schema;
    const logger *log; /* or NULL */
} audit_jobs_config;

/* What it is given must outlive it. */
fallible audit_jobs_open(arena *a, const audit_jobs_config *config,
                         audit_jobs **out);

/* When no job runs any more. NULL is fine. */
void audit_jobs_close(audit_jobs *j);

enum { AUDIT_JOB_COUNT = 2 };

const job_kind *audit_jobs_kind(const audit_jobs *j, size_t i);
extern const job_schedule AUDIT_JOB_SCHEDULES[AUDIT_JOB_COUNT];

#endif
