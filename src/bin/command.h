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

enum { COMMAND_MAX_ARGUMENTS = 8, COMMAND_MAX_OPTIONS = 8 };

/* What a command takes beside its arguments and the settings. */
typedef struct command_option {
    str name;  /* without the dashes; empty: no option */
    str value; /* what the help calls its value, "FILE"; empty: a switch */
    str help;
} command_option;

typedef struct command_context {
    arena *arena;
    config config;
    str arguments[COMMAND_MAX_ARGUMENTS];
    size_t argument_count;
    config_flag *options; /* those that were given, in their order */
    size_t option_count;
    int exit_code; /* 0 is 1 for a command that fails */
    buf *out;      /* printed to stdout when the command returns */
} command_context;

typedef struct command {
    str name;      /* of a group: "migrate dev" */
    str arguments; /* "[FILE]", for the help */
    size_t max_arguments;
    unsigned settings; /* CONFIG_OF_...; without, a broken .env is no matter */
    str summary;
    err *(*run)(command_context *c);
    void (*describe)(buf *out); /* more for its help, or NULL */
    command_option options[COMMAND_MAX_OPTIONS];
} command;

/* All of them, as the help lists them. */
const command *command_list(size_t *count);

/* Or NULL. */
const command *command_find(str name);
const command_option *command_find_option(const command *c, str name);

size_t command_option_count(const command *c);

/* Is the name the "migrate" of "migrate dev"? */
bool command_is_group(str name);
bool command_is_in_group(const command *c, str group);

/* "usage: tenon check [FILE] [OPTIONS]" */
str command_usage(arena *a, const command *c);

/* Names the command that was perhaps meant. */
fallible command_unknown(arena *a, str name);

/* Was the option given? The name must be one of the command's. */
bool command_has(const command_context *c, str option);

/* The value of the option; empty when it was not given. */
str command_value(const command_context *c, str option);

fallible command_init(command_context *c);
fallible command_check(command_context *c);
fallible command_format(command_context *c);
fallible command_push(command_context *c);
fallible command_serve(command_context *c);
fallible command_schema_dump(command_context *c);
fallible command_generate_json_schema(command_context *c);
fallible command_generate_openapi(command_context *c);
fallible command_generate_typescript(command_context *c);
fallible command_generate_lua(command_context *c);
fallible command_hooks_list(command_context *c);
fallible command_hooks_test(command_context *c);
fallible command_lsp(command_context *c);
fallible command_config(command_context *c);
fallible command_version(command_context *c);
fallible command_introspect(command_context *c);
fallible command_audit_list(command_context *c);
fallible command_audit_export(command_context *c);
fallible command_history_list(command_context *c);
fallible command_history_show(command_context *c);
fallible command_history_diff(command_context *c);
fallible command_history_restore(command_context *c);
fallible command_token_create(command_context *c);
fallible command_token_list(command_context *c);
fallible command_token_revoke(command_context *c);
fallible command_audit_key(command_context *c);
fallible command_audit_prune(command_context *c);
fallible command_audit_seal(command_context *c);
fallible command_audit_verify(command_context *c);
fallible command_job_list(command_context *c);
fallible command_job_show(command_context *c);
fallible command_job_retry(command_context *c);
fallible command_job_cancel(command_context *c);
fallible command_job_run(command_context *c);
fallible command_migrate_dev(command_context *c);
fallible command_migrate_check(command_context *c);
fallible command_migrate_deploy(command_context *c);
fallible command_migrate_status(command_context *c);
fallible command_migrate_reset(command_context *c);
fallible command_migrate_diff(command_context *c);
fallible command_doctor(command_context *c);
fallible command_help(command_context *c);

void command_serve_describe(buf *out);
void command_doctor_describe(buf *out);
void command_audit_verify_describe(buf *out);

/* Writes what is in c->out now: for commands that go on for long. */
void command_flush(command_context *c);

/* Loads the schema file of the settings for the engine of their database.
 * Prints its diagnostics to stderr; the
 * err only says that there were errors. */
fallible command_load_schema(command_context *c, const schema **out);

/* Loads the hooks, if there are any, for the schema of the settings, which is
 * without mistakes. */
fallible command_check_hooks(command_context *c, engine_kind engine);

/* The engine that --engine names. */
fallible command_engine_option(const command_context *c, engine_kind *out);

/* The engine of the database of the settings. */
fallible command_engine(const command_context *c, engine_kind *out);

/* Is it for real? So says --env: "production", "prod", "live". */
bool command_is_production(const command_context *c);

/* What the settings say of the database. */
database_config command_database(const command_context *c);
protection command_protection(const command_context *c);

#endif
