/*
 * script_source.h: a script as a source of hooks (core/hook.h).
 *
 * The script may be replaced while hooks of the one before run: they end there.
 * What is left of a script that was replaced, its texts and points, some
 * kilobytes, stays until the source is freed, so that nobody needs a lock to ask
 * it; its sandboxes go when the last of its hooks has ended.
 */
#ifndef LUA_SCRIPT_SOURCE_H
#define LUA_SCRIPT_SOURCE_H

#include "core/hook.h"
#include "core/job.h"
#include "lua/script.h"

typedef struct script_source script_source;

/* Takes first. It lives in a until it is freed. */
script_source *script_source_new(arena *a, script *first);

/* No hook may run. NULL is fine. */
void script_source_free(script_source *s);

const hook_source *script_source_hooks(const script_source *s);

/* The jobs and schedules that the script has now; what it does with them after
 * it was replaced the next one decides, but new ones are not known. */
const job_kind *const *script_source_jobs(arena *a, script_source *s,
                                          size_t *count);
const job_schedule *const *script_source_schedules(arena *a,
                                                   const script_source *s,
                                                   size_t *count);

/* Takes next, of the same schema: what is called from now on. From any thread,
 * one at a time. */
void script_source_replace(script_source *s, script *next);

const script *script_source_now(const script_source *s);

#endif
