/*
 * job_schedule.h: jobs that are wanted again and again, by the clock.
 *
 *     const job_schedule NIGHTLY = {.name = STR_INIT("retention"),
 *                                   .kind = STR_INIT("audit.prune"),
 *                                   .cron = STR_INIT("30 3 * * *"),
 *                                   .time_zone = STR_INIT("Europe/Berlin")};
 *
 * The app lists them (cron.h says what an expression means). A row of the
 * system schema has when each is due next: whoever moves it on inserts the
 * job, in one transaction, so that of any number of processes one does. What
 * was missed while no process ran is made up for once, however often it was
 * missed.
 */
#ifndef CORE_JOB_SCHEDULE_H
#define CORE_JOB_SCHEDULE_H

#include "core/caller.h"

struct job_schedule {
    str name;
    str kind;
    str payload;   /* JSON; empty: {} */
    str cron;      /* "@hourly" */
    str time_zone; /* empty: UTC */
};

/* Writes down what the app lists, where it is new or says something else than
 * before. ERR_INVALID for an expression or a zone that is none. Suspends. */
fallible job_schedule_register(const caller *c);

/* Makes the jobs that are due now. *next_ms is when to look again, since 1970;
 * INT64_MAX: there is nothing. Suspends. */
fallible job_schedule_run_due(const caller *c, int64_t *next_ms);

#endif
