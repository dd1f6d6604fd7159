/*
 * serve_scripts.h: the Lua files of hooks/ in `tenon serve`: loaded at the
 * start, and again at each SIGUSR1 or, with --watch, when they change. Files
 * that are broken then leave the hooks as they were.
 */
#ifndef BIN_SERVE_SCRIPTS_H
#define BIN_SERVE_SCRIPTS_H

#include "bin/command.h"
#include "core/app.h"
#include "lua/script.h"

typedef struct serve_scripts serve_scripts;

/* What the settings say of hooks in Lua, for a schema. */
script_config serve_scripts_config(const config *c, const schema *s);

/* *out is NULL when there is no folder of hooks. The log must outlive it. */
fallible serve_scripts_open(command_context *c, const schema *s,
                            const logger *log, serve_scripts **out);

const hook_source *serve_scripts_hooks(const serve_scripts *s);

/* The jobs and schedules of the files: the first that the application has. */
void serve_scripts_list_jobs(arena *a, const serve_scripts *s,
                             app *application);

/* All of these take NULL. Watch on the main thread's loop. */
void serve_scripts_watch(serve_scripts *s, loop *l);
void serve_scripts_unwatch(serve_scripts *s);

/* When no hook runs any more. */
void serve_scripts_close(serve_scripts *s);

#endif
