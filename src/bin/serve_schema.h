/*
 * serve_schema.h: what `tenon serve` serves: the models of a schema file, with
 * functions of the database beside them, or a database as it is found.
 */
#ifndef BIN_SERVE_SCHEMA_H
#define BIN_SERVE_SCHEMA_H

#include "bin/command.h"

/* As the settings say. Blocks. */
fallible serve_schema_load(command_context *c, const schema **out);

/* The functions of the database that clients may call beside those of the
 * schema s, or NULL. Blocks. */
fallible serve_schema_load_called(command_context *c, const schema *s,
                                  const schema **out);

#endif
