/* inform.c: the commands that only print: config and version. */
#include <sqlite3.h>

#include "bin/command.h"

err *command_config(command_context *c) {
    config_print(c->out, &c->config);
    return NULL;
}

err *command_version(command_context *c) {
    buf_printf(c->out, "tenon %s (SQLite %s)\n", TENON_VERSION,
               sqlite3_libversion());
    return NULL;
}
