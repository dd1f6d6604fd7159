/*
 * system_caller.h: who it is that works when nobody asked: a job, a command, a
 * hook that says so.
 *
 *     caller who = system_caller(a, application, session, STR("retention"));
 *     TRY(mutation_engine_run(&who, &prune, &result));
 *
 * It reaches all rows, whatever the policies say, and so each of its changes
 * has the reason in the audit log.
 */
#ifndef CORE_SYSTEM_CALLER_H
#define CORE_SYSTEM_CALLER_H

#include "core/caller.h"

/* reason says what for, in a few words, "job mail.send", and is not empty. It
 * and all else is borrowed, or in a. */
caller system_caller(arena *a, const app *application,
                     database_session *session, str reason);

#endif
