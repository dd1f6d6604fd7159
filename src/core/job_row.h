/*
 * job_row.h: a row of the table of jobs, and the small trees that read and write
 * such rows. For the files of core/ that make up the queue.
 */
#ifndef CORE_JOB_ROW_H
#define CORE_JOB_ROW_H

#include "core/job.h"
#include "database/query.h"

/* As the system schema lists them. */
typedef enum job_column {
    JOB_ID,
    JOB_KIND,
    JOB_PAYLOAD,
    JOB_UNIQUE_KEY,
    JOB_PRIORITY,
    JOB_ORGANIZATION_ID,
    JOB_STATUS,
    JOB_RUN_AT,
    JOB_ATTEMPTS,
    JOB_MAX_ATTEMPTS_ALLOWED,
    JOB_PROGRESS,
    JOB_LAST_ERROR,
    JOB_LOCKED_BY,
    JOB_LOCKED_UNTIL,
    JOB_SLOT,
    JOB_ORGANIZATION_SLOT,
    JOB_IS_CANCELLED,
    JOB_ORIGIN,
    JOB_CREATED_AT,
    JOB_FINISHED_AT,
    JOB_COLUMN_COUNT,
} job_column;

#define JOB_QUEUED "queued"
#define JOB_RUNNING "running"
#define JOB_SUCCEEDED "succeeded"
#define JOB_FAILED "failed" /* for good: a dead letter */
#define JOB_CANCELLED "cancelled"

const model *job_row_model(const app *application);
const field *job_row_field(const app *application, job_column column);

/* ---- Values ------------------------------------------------------------- */

static inline value job_row_null(void) {
    return (value){.kind = VALUE_NULL};
}
static inline value job_row_text(str text) {
    return (value){.kind = VALUE_TEXT, .text = text};
}
static inline value job_row_text_or_null(str text) {
    return str_is_empty(text) ? job_row_null() : job_row_text(text);
}
static inline value job_row_int(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}
static inline value job_row_bool(bool b) {
    return (value){.kind = VALUE_BOOL, .boolean = b};
}
value job_row_time(arena *a, int64_t ms);

/* Empty for NULL, and 0. */
str job_row_read_text(const value *v);
int64_t job_row_read_int(const value *v);
int64_t job_row_read_time(const value *v); /* since 1970, in ms */

/* ---- Rows --------------------------------------------------------------- */

/* The rows that pass, or some of them unless most is 0, as cells of these
 * columns, read where writes are: a process that has nothing to do then has no
 * connection for reads. They are locked meanwhile. Suspends. */
fallible job_row_look(const caller *c, const model *m,
                      const query_column *columns, size_t count,
                      const filter *where, size_t most, mutation_result *out);

#endif
