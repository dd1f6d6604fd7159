/*
 * script_job.h: work of hooks that is done behind the answer (core/job.h).
 *
 *     tenon.job("mail.welcome", {max_attempts = 5}, function(ctx, payload, job)
 *       job.progress({done = 1, of = 2})
 *     end)
 *     tenon.schedule("nightly", "0 3 * * *", "report.make",
 *                    {time_zone = "Europe/Berlin", payload = {full = true}})
 *     tenon.enqueue("mail.welcome", {to = 7}, {unique_key = "u7", delay = 60,
 *                   run_at = "2024-02-01", priority = 1, max_attempts = 3})
 *
 * enqueue hands back the id, or nil when there is a job with the unique_key
 * already. Jobs run as the system.
 */
#ifndef LUA_SCRIPT_JOB_H
#define LUA_SCRIPT_JOB_H

#include "core/job.h"
#include "lua/sandbox.h"

/* Adds them to the table on top of the stack. */
void script_job_add_functions(lua_State *L);

/* Kind, payload and options at index and behind it. */
job_wanted script_job_check_wanted(lua_State *L, int index);

/* Calls the function of a job of the run, in a sandbox: for sandbox_run, with
 * the run as the argument. */
int script_job_call(lua_State *L);

#endif
