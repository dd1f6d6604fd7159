/*
 * command_line.h: from argv to a command with its settings.
 *
 *     tenon [COMMAND] [--flag VALUE | --flag=VALUE | --switch] [ARGUMENT ...]
 *
 * COMMAND is one word or two: `push`, `migrate dev`. Every setting of config.def
 * is a flag of every command, beside the options of its own. `--help` behind a
 * command prints its help; without a command, `help` runs.
 */
#ifndef BIN_COMMAND_LINE_H
#define BIN_COMMAND_LINE_H

#include "bin/command.h"

/* Also reads .env in the current folder. ERR_INVALID, with a hint, for what
 * it does not know. */
fallible command_line_parse(arena *a, int argc, char **argv,
                            const command **out, command_context *context);

#endif
