/*
 * serve_schema.h: what `tenon serve` serves: the models of a schema file, or a
 * database as it is found.
 */
#ifndef BIN_SERVE_SCHEMA_H
#define BIN_SERVE_SCHEMA_H

#include "bin/command.h"

/* As the settings say. Blocks. */
fallible serve_schema_load(command_context *c, const schema **out);

#endif
