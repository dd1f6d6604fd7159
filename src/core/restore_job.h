/*
 * restore_job.h: a restore as a job, so that the process that serves the
 * database does it, with its hooks, whoever asks for it.
 *
 *     {"model": "Project", "record_id": "7", "version": "...",
 *      "related": true, "trial": false, "set": {"name": "x"}}
 *
 * or "at": a time, in place of the version. Its progress says what was done:
 * {"inserted": 4, "updated": 1}.
 */
#ifndef CORE_RESTORE_JOB_H
#define CORE_RESTORE_JOB_H

#include "core/job.h"
#include "core/restore.h"

extern const job_kind RESTORE_JOB;

/* The payload for what is wanted. */
void restore_job_write(buf *out, const restore_wanted *wanted);

#endif
