/*
 * serve_hooks.h: the hooks of `tenon serve`: those of the modules, then those
 * of the application's files.
 */
#ifndef BIN_SERVE_HOOKS_H
#define BIN_SERVE_HOOKS_H

#include "bin/command.h"
#include "bin/serve_scripts.h"
#include "core/app.h"

/* Gives them to the application, whose schema is loaded. ERR_INVALID for hooks
 * that need what the settings switch off. *scripts, which may be NULL, is to be
 * closed. */
fallible serve_hooks_open(command_context *c, app *application,
                          serve_scripts **scripts);

#endif
