/* job_prune.h: the job that deletes old jobs, every hour. */
#ifndef CORE_JOB_PRUNE_H
#define CORE_JOB_PRUNE_H

#include "core/job.h"
#include "core/job_schedule.h"

typedef struct job_prune {
    job_kind kind;
    int64_t keep_ms; /* what is finished; failed ones four times as long */
} job_prune;

job_prune job_prune_of(int64_t keep_ms);

extern const job_schedule JOB_PRUNE_SCHEDULE;

#endif
