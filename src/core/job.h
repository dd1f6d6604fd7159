/*
 * job.h: work that is done behind the answer, or when it is due.
 *
 * A job is a row of Tenon's own table (system_schema.h) that says what kind of
 * work it is and with what. Who asks for it inserts the row, in the transaction of
 * the change that wants it: so there is no job without the change, and no change
 * without the job. A runner (job_runner.h) of some process takes it, with a
 * lease that it renews, calls the kind's function, and writes down what came of
 * it. When a process dies its leases end, and others run its jobs again: a job
 * is run at least once, and is written so that once more does no harm.
 *
 *     static err *send(const job_kind *self, job_run *r) { ... }
 *     const job_kind MAIL_SEND = {.name = STR_INIT("mail.send"), .run = send};
 *
 *     job_wanted w = {.kind = STR("mail.send"), .payload = json};
 *     TRY(job_mutation(c, &w, 1, &m));    beside others, in one transaction
 *     job_wake(c->app);                   behind it
 */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include <stdatomic.h>

#include "core/caller.h"
#include "database/mutation.h"
#include "io/bell.h"

enum {
    JOB_MAX_ATTEMPTS = 10,
    JOB_MAX_PAYLOAD = 1024 * 1024,      /* bytes */
    JOB_TIME_LIMIT_MS = 10 * 60 * 1000, /* of one attempt */
};

/* ---- Kinds -------------------------------------------------------------- */

typedef struct job_kind job_kind;
typedef struct job_run job_run;

/* The app lists all that its runner knows; jobs of others wait for a process
 * that knows them. */
struct job_kind {
    str name; /* "mail.send": of what, and what is done */
    /* In a fiber of its own, and so may suspend. An err is written down, and the
     * job is tried again later. */
    err *(*run)(const job_kind *self, job_run *r);
    unsigned max_attempts;          /* 0: JOB_MAX_ATTEMPTS */
    unsigned limit;                 /* that run at once, anywhere; 0: any */
    unsigned limit_of_organization; /* the same, of one organization */
    int64_t time_limit_ms;          /* 0: JOB_TIME_LIMIT_MS */
};

/* One attempt. Lives until the function has returned. */
struct job_run {
    const caller *caller; /* the system, with the origin of who asked */
    const job_kind *kind;
    str id;
    str payload;
    str organization_id; /* or empty */
    unsigned attempt;    /* from 1 */
    bool is_cancelled;   /* somebody wants no more of it: to look at between
                            two steps */
    bool is_final;       /* set by the function: its err is for good */
};

/* For people to look at: any JSON, as {"done": 10, "of": 200}. Suspends. */
fallible job_tell_progress(job_run *r, str progress);

/* ---- Wanting one -------------------------------------------------------- */

typedef struct job_wanted {
    str kind;
    str payload;    /* JSON; empty: {} */
    str unique_key; /* one job of the kind with it at a time; empty: any */
    str organization_id;
    int64_t run_at_ms;           /* since 1970; 0: now */
    int priority;                /* larger ones first */
    unsigned max_attempts;       /* 0: those of the kind */
    const change_origin *origin; /* who asks; NULL: the caller's */
} job_wanted;

/* An insert of these, to be run with others (mutation_engine_run_all), which
 * hands back the ids of those that are new: one whose unique_key is taken is
 * left out. In the caller's arena. Call job_wake behind it. ERR_UNSUPPORTED
 * where there are no jobs, ERR_TOO_LARGE. */
fallible job_mutation(const caller *c, const job_wanted *wanted, size_t count,
                      const mutation **out);

/* In a transaction of its own, and wakes. *id is empty when there is one with
 * the unique_key already; may be NULL. Suspends. */
fallible job_enqueue(const caller *c, const job_wanted *wanted, str *id);

/* How the runner of a process hears of jobs that the process enqueues. */
typedef struct job_bell {
    bell *bell;
    _Atomic uint64_t rings; /* that were about new jobs */
} job_bell;

/* There may be jobs: the runner of this process looks at once. */
void job_wake(const app *application);

/* Or NULL. */
const job_kind *job_find_kind(const app *application, str name);

#endif
