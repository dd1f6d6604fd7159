/*
 * hook_after.h: the job that calls the hooks behind a commit for one event.
 *
 *     {"sequence": 1234}
 *
 * It reads the event, so what is redacted there, or too long for it
 * (recording.h), no hook is shown. The hooks act as whoever made the change, as
 * far as the audit log knows it, and as the server where it was the server's
 * doing. What they change says "after hook 1" in the audit log, hooks behind that
 * "after hook 2", and so on, up to HOOK_MAX_DEPTH: then the job fails for good.
 */
#ifndef CORE_HOOK_AFTER_H
#define CORE_HOOK_AFTER_H

#include "core/hook_chain.h"
#include "core/job.h"
#include "database/feed.h"

extern const job_kind HOOK_AFTER_JOB;

/* The job of an event. */
job_wanted hook_after_wanted(arena *a, const feed_event *e);

/* The action's hooks; *out. False for what is none, as truncate. */
bool hook_after_action(str action, hook_action *out);

#endif
