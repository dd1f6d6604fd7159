/* history.h: what the commands `tenon history ...` have in common. */
#ifndef BIN_HISTORY_H
#define BIN_HISTORY_H

#include "base/timestamp.h"
#include "bin/command.h"

/* The model and the id that the first two arguments name. */
fallible history_read_arguments(command_context *c, const model **m, str *id);

/* Of --at. */
fallible history_read_time(command_context *c, str text, timestamp *out);

#endif
