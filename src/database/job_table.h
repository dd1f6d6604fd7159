/*
 * job_table.h: the table of jobs for commands, on either engine, beside a server
 * that may be running: it notices within some seconds.
 *
 * What jobs are says core/job.h.
 */
#ifndef DATABASE_JOB_TABLE_H
#define DATABASE_JOB_TABLE_H

#include "database/migrate/target.h"

/* The columns of rows. Times as in 2024-01-31T12:00:00.123+00:00. */
typedef enum job_table_column {
    JOB_TABLE_ID,
    JOB_TABLE_KIND,
    JOB_TABLE_STATUS,
    JOB_TABLE_CREATED_AT,
    JOB_TABLE_RUN_AT,
    JOB_TABLE_FINISHED_AT,
    JOB_TABLE_ATTEMPTS,
    JOB_TABLE_MAX_ATTEMPTS,
    JOB_TABLE_PRIORITY,
    JOB_TABLE_UNIQUE_KEY,
    JOB_TABLE_ORGANIZATION_ID,
    JOB_TABLE_LOCKED_BY,
    JOB_TABLE_LOCKED_UNTIL,
    JOB_TABLE_IS_CANCELLED,
    JOB_TABLE_LAST_ERROR,
    JOB_TABLE_PAYLOAD, /* this one and those behind it are JSON */
    JOB_TABLE_PROGRESS,
    JOB_TABLE_ORIGIN,
    JOB_TABLE_COLUMN_COUNT,
} job_table_column;

extern const str JOB_TABLE_COLUMNS[JOB_TABLE_COLUMN_COUNT];

/* Which rows; empty: any. */
typedef struct job_table_filter {
    str id;
    str kind;
    str status;
} job_table_filter;

/* The newest first. All of these block; ERR_NOT_FOUND when the database has no
 * jobs. */
fallible job_table_list(arena *a, target *t, const job_table_filter *wanted,
                        size_t most, target_rows *out);

/* Failed and cancelled ones are queued again, with all of their attempts. */
fallible job_table_retry(arena *a, target *t, const job_table_filter *wanted,
                         size_t *count);

/* Queued ones are cancelled, running ones asked to stop. */
fallible job_table_cancel(arena *a, target *t, const job_table_filter *wanted,
                          size_t *count);

/* A new job that is due now. */
fallible job_table_add(arena *a, target *t, str kind, str payload,
                       size_t max_attempts, str *id);

#endif
