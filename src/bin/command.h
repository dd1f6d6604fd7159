/*
 * command.h: what `tenon` can do, one file for each.
 *
 * A command gets its settings checked and its arguments counted, writes what
 * it has to say to `out`, and returns an err when it could not do its work;
 * main prints that as one line and a hint.
 */
#ifndef BIN_COMMAND_H
#define BIN_COMMAND_H

#include "bin/config.h"
#include "database/database.h"
#include "schema/schema.h"

enum { COMMAND_MAX_ARGUMENTS = 8 };

typedef struct command_context {
    arena *arena;
    config config;
    str arguments[COMMAND_MAX_ARGUMENTS];
    size_t argument_count;
    bool is_json; /* --json, where the command has it */
    int exit_code;
    buf *out; /* printed to stdout when the command returns */
} command_context;

typedef struct command {
    str name;
    str arguments; /* "[FILE]", for the help */
    size_t max_arguments;
    bool has_json;
    bool has_settings; /* others work beside a broken .env, too */
    str summary;
    err *(*run)(command_context *c);
} command;

fallible command_init(command_context *c);
fallible command_check(command_context *c);
fallible command_push(command_context *c);
fallible command_serve(command_context *c);
fallible command_config(command_context *c);
fallible command_version(command_context *c);

/* Writes what is in c->out now: for commands that go on for long. */
void command_flush(command_context *c);

/* Loads the schema file of the settings. Prints its diagnostics to stderr; the
 * err only says that there were errors. */
fallible command_load_schema(command_context *c, const schema **out);

/* What the settings say of the database. */
database_config command_database(const command_context *c);

#endif
