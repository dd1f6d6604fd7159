/* command.c: the table of commands. */
#include "bin/command.h"

/* Of all that generate something. */
#define OUTPUT_OPTION                                                          \
    { STR_INIT("output"), STR_INIT("FILE"), STR_INIT("write it there") }
#define CHECK_OPTION                                                           \
    {                                                                          \
        STR_INIT("check"), {0},                                                \
            STR_INIT("write nothing, fail when FILE differs")                  \
    }

/* Which rows of the audit log. */
#define AUDIT_OPTIONS                                                          \
    {STR_INIT("model"), STR_INIT("NAME"), STR_INIT("of this model")},          \
        {STR_INIT("record"), STR_INIT("ID"), STR_INIT("of this row")},         \
        {STR_INIT("user"), STR_INIT("ID"), STR_INIT("by this user")},          \
        {STR_INIT("since"), STR_INIT("TIME"),                                  \
         STR_INIT("from then on: 2024-01-31, 2024-01-31T12:00Z")},             \
    {                                                                          \
        STR_INIT("until"), STR_INIT("TIME"), STR_INIT("before then")           \
    }

/* Which version of a row. */
#define VERSION_OPTIONS                                                        \
    {STR_INIT("version"), STR_INIT("ID"),                                      \
     STR_INIT("as this change left it; tenon history list shows them")},       \
    {                                                                          \
        STR_INIT("at"), STR_INIT("TIME"),                                      \
            STR_INIT("as it was then: 2024-01-31T12:00Z")                      \
    }

#define JOB_KIND_OPTION                                                        \
    { STR_INIT("kind"), STR_INIT("NAME"), STR_INIT("of this kind") }
#define JOB_STATUS_OPTION                                                      \
    {                                                                          \
        STR_INIT("status"), STR_INIT("NAME"),                                  \
            STR_INIT("queued, running, succeeded, failed or cancelled")        \
    }

static const command COMMANDS[] = {
    {
        .name = STR_INIT("init"),
        .arguments = STR_INIT("[FOLDER]"),
        .max_arguments = 1,
        .summary = STR_INIT("make a new application: schema.prisma and .env"),
        .run = command_init,
    },
    {
        .name = STR_INIT("check"),
        .arguments = STR_INIT("[FILE]"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_HOOKS,
        .summary = STR_INIT("find what is wrong in a schema file and in hooks"),
        .run = command_check,
        .options = {{STR_INIT("engine"), STR_INIT("NAME"),
                     STR_INIT("check for sqlite or postgresql, whatever the "
                              "database is")},
                    {STR_INIT("json"),
                     {0},
                     STR_INIT("print the diagnostics as JSON")}},
    },
    {
        .name = STR_INIT("format"),
        .arguments = STR_INIT("[FILE|FOLDER|-]"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("lay schema files out, as Prisma's formatter does"),
        .run = command_format,
        .options = {{STR_INIT("check"),
                     {0},
                     STR_INIT("change nothing, name the files that would")},
                    {STR_INIT("stdout"),
                     {0},
                     STR_INIT("print the result instead of writing it")}},
    },
    {
        .name = STR_INIT("push"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("make the database equal to the schema file"),
        .run = command_push,
        .options = {{STR_INIT("accept-data-loss"),
                     {0},
                     STR_INIT("also drop tables, columns and values")}},
    },
    {
        .name = STR_INIT("serve"),
        .settings = CONFIG_OF_ALL,
        .summary = STR_INIT("serve the schema's models over HTTP"),
        .run = command_serve,
        .describe = command_serve_describe,
    },
    {
        .name = STR_INIT("schema dump"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("print the resolved schema, for programs"),
        .run = command_schema_dump,
        .options = {{STR_INIT("json"),
                     {0},
                     STR_INIT("as JSON, which is the only form")}},
    },
    {
        .name = STR_INIT("generate json-schema"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("print the models as JSON Schema"),
        .run = command_generate_json_schema,
        .options = {OUTPUT_OPTION, CHECK_OPTION},
    },
    {
        .name = STR_INIT("generate openapi"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("print the REST interface as OpenAPI"),
        .run = command_generate_openapi,
        .options = {OUTPUT_OPTION, CHECK_OPTION},
    },
    {
        .name = STR_INIT("generate typescript"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("print types for @supabase/supabase-js"),
        .run = command_generate_typescript,
        .options = {OUTPUT_OPTION, CHECK_OPTION},
    },
    {
        .name = STR_INIT("generate lua"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("print types of hooks for Lua's language server"),
        .run = command_generate_lua,
        .options = {OUTPUT_OPTION, CHECK_OPTION},
    },
    {
        .name = STR_INIT("hooks list"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_HOOKS,
        .summary = STR_INIT("list the hooks of the files in hooks/"),
        .run = command_hooks_list,
    },
    {
        .name = STR_INIT("hooks test"),
        .arguments = STR_INIT("[FILE]"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_HOOKS,
        .summary = STR_INIT("run hooks/*_test.lua, each test on an empty "
                            "SQLite database"),
        .run = command_hooks_test,
    },
    {
        .name = STR_INIT("lsp"),
        .summary = STR_INIT("speak the language server protocol of editors"),
        .run = command_lsp,
        .options = {{STR_INIT("stdio"),
                     {0},
                     STR_INIT("over standard input and output, as always")}},
    },
    {
        .name = STR_INIT("migrate dev"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("write the next migration and apply it"),
        .run = command_migrate_dev,
        .options =
            {
                {STR_INIT("name"), STR_INIT("NAME"),
                 STR_INIT("what it does: add_age")},
                {STR_INIT("create-only"),
                 {0},
                 STR_INIT("write it, to be edited, and do not apply it")},
                {STR_INIT("accept-data-loss"),
                 {0},
                 STR_INIT("do not ask about what loses data")},
                {STR_INIT("concurrent"),
                 {0},
                 STR_INIT("PostgreSQL: make indexes while others write")},
            },
    },
    {
        .name = STR_INIT("migrate check"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("fail when schema, migrations and database differ"),
        .run = command_migrate_check,
    },
    {
        .name = STR_INIT("migrate deploy"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("apply the migrations that the database lacks"),
        .run = command_migrate_deploy,
        .options = {{STR_INIT("baseline"),
                     {0},
                     STR_INIT("a database that is there already: write them "
                              "down as applied")}},
    },
    {
        .name = STR_INIT("audit list"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("show the newest changes to rows"),
        .run = command_audit_list,
        .options = {AUDIT_OPTIONS,
                    {STR_INIT("limit"), STR_INIT("N"),
                     STR_INIT("so many at most; 50 when it is not given")}},
    },
    {
        .name = STR_INIT("audit export"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("print the audit log, a JSON object for each row"),
        .run = command_audit_export,
        .options = {AUDIT_OPTIONS},
    },
    {
        .name = STR_INIT("history list"),
        .arguments = STR_INIT("MODEL ID"),
        .max_arguments = 2,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("list the versions of a row"),
        .run = command_history_list,
    },
    {
        .name = STR_INIT("history show"),
        .arguments = STR_INIT("MODEL ID"),
        .max_arguments = 2,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("show a row as it was"),
        .run = command_history_show,
        .options = {VERSION_OPTIONS},
    },
    {
        .name = STR_INIT("history diff"),
        .arguments = STR_INIT("MODEL ID VERSION [VERSION]"),
        .max_arguments = 4,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("show what differs between two versions of a row"),
        .run = command_history_diff,
    },
    {
        .name = STR_INIT("history restore"),
        .arguments = STR_INIT("MODEL ID"),
        .max_arguments = 2,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("make a row what it was, by the running server"),
        .run = command_history_restore,
        .options = {VERSION_OPTIONS,
                    {STR_INIT("related"),
                     {0},
                     STR_INIT("with what its deletion took along")},
                    {STR_INIT("set"), STR_INIT("JSON"),
                     STR_INIT("columns in place of the version's")},
                    {STR_INIT("trial"),
                     {0},
                     STR_INIT("try it, and change nothing")}},
    },
    {
        .name = STR_INIT("token create"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("make a token for the operator, and show it once"),
        .run = command_token_create,
        .options = {{STR_INIT("name"), STR_INIT("NAME"),
                     STR_INIT("what it is for, to know it by")},
                    {STR_INIT("days"), STR_INIT("N"),
                     STR_INIT("how long it is good; 90 when it is not given")}},
    },
    {
        .name = STR_INIT("token list"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("list the operator's tokens, without them"),
        .run = command_token_list,
    },
    {
        .name = STR_INIT("token revoke"),
        .arguments = STR_INIT("ID"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("end one of the operator's tokens, at once"),
        .run = command_token_revoke,
    },
    {
        .name = STR_INIT("audit verify"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("prove that the audit log is what was written"),
        .run = command_audit_verify,
        .describe = command_audit_verify_describe,
    },
    {
        .name = STR_INIT("audit seal"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("seal what the server has not sealed yet"),
        .run = command_audit_seal,
    },
    {
        .name = STR_INIT("audit prune"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("remove what is kept no longer, and say so"),
        .run = command_audit_prune,
    },
    {
        .name = STR_INIT("audit key"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("make the key that signs seals"),
        .run = command_audit_key,
    },
    {
        .name = STR_INIT("job list"),
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("show the newest jobs"),
        .run = command_job_list,
        .options = {JOB_KIND_OPTION,
                    JOB_STATUS_OPTION,
                    {STR_INIT("limit"), STR_INIT("N"),
                     STR_INIT("so many at most; 50 when it is not given")}},
    },
    {
        .name = STR_INIT("job show"),
        .arguments = STR_INIT("ID"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("show all that is known of a job"),
        .run = command_job_show,
    },
    {
        .name = STR_INIT("job retry"),
        .arguments = STR_INIT("[ID]"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("queue jobs again that failed or were cancelled"),
        .run = command_job_retry,
        .options = {JOB_KIND_OPTION, JOB_STATUS_OPTION},
    },
    {
        .name = STR_INIT("job cancel"),
        .arguments = STR_INIT("[ID]"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("cancel jobs, or ask those that run to stop"),
        .run = command_job_cancel,
        .options = {JOB_KIND_OPTION, JOB_STATUS_OPTION},
    },
    {
        .name = STR_INIT("job run"),
        .arguments = STR_INIT("KIND"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("queue a job, for a server to run at once"),
        .run = command_job_run,
        .options = {{STR_INIT("payload"), STR_INIT("JSON"),
                     STR_INIT("what it is given; {} when it is not given")}},
    },
    {
        .name = STR_INIT("migrate status"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("list the migrations and which are applied"),
        .run = command_migrate_status,
    },
    {
        .name = STR_INIT("migrate reset"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("empty the database and apply all migrations"),
        .run = command_migrate_reset,
        .options = {{STR_INIT("force"), {0}, STR_INIT("do not ask")}},
    },
    {
        .name = STR_INIT("migrate diff"),
        .settings = CONFIG_OF_DATABASE | CONFIG_OF_MIGRATIONS,
        .summary = STR_INIT("print the SQL from one schema to another"),
        .run = command_migrate_diff,
        .options =
            {
                {STR_INIT("from"), STR_INIT("PLACE"),
                 STR_INIT("empty, a schema file or folder, a database URL")},
                {STR_INIT("to"), STR_INIT("PLACE"),
                 STR_INIT("the same; what comes out")},
                {STR_INIT("engine"), STR_INIT("NAME"),
                 STR_INIT("sqlite or postgresql, where no URL says it")},
                {STR_INIT("concurrent"),
                 {0},
                 STR_INIT("PostgreSQL: make indexes while others write")},
            },
    },
    {
        .name = STR_INIT("introspect"),
        .arguments = STR_INIT("[URL]"),
        .max_arguments = 1,
        .settings = CONFIG_OF_DATABASE,
        .summary = STR_INIT("write a database as a schema file"),
        .run = command_introspect,
        .options =
            {
                {STR_INIT("open"),
                 {0},
                 STR_INIT("let everybody do everything: @@allow('all', true)")},
                {STR_INIT("output"), STR_INIT("FILE"),
                 STR_INIT("where to write it; - or nothing is the output")},
                {STR_INIT("schemas"), STR_INIT("LIST"),
                 STR_INIT("PostgreSQL's schemas to read: auth,public")},
            },
    },
    {
        .name = STR_INIT("doctor"),
        .settings = CONFIG_OF_ALL,
        .summary = STR_INIT("say what is wrong here, and what to do"),
        .run = command_doctor,
        .describe = command_doctor_describe,
        .options = {{STR_INIT("json"),
                     {0},
                     STR_INIT("print what was found as JSON")}},
    },
    {
        .name = STR_INIT("config"),
        .settings = CONFIG_OF_ALL,
        .summary =
            STR_INIT("list every setting, its value and where it came from"),
        .run = command_config,
    },
    {
        .name = STR_INIT("version"),
        .summary = STR_INIT("print the version"),
        .run = command_version,
    },
    {
        .name = STR_INIT("help"),
        .arguments = STR_INIT("[COMMAND]"),
        .max_arguments = 2,
        .summary = STR_INIT("print this"),
        .run = command_help,
    },
};

const command *command_find(str name) {
    for (size_t i = 0; i < LENGTH(COMMANDS); i++) {
        if (str_equal(COMMANDS[i].name, name))
            return &COMMANDS[i];
    }
    return NULL;
}

bool command_is_in_group(const command *c, str group) {
    return c->name.len > group.len && str_starts_with(c->name, group) &&
           c->name.ptr[group.len] == ' ';
}

bool command_is_group(str name) {
    for (size_t i = 0; i < LENGTH(COMMANDS); i++) {
        if (command_is_in_group(&COMMANDS[i], name))
            return true;
    }
    return false;
}

size_t command_option_count(const command *c) {
    size_t n = 0;
    while (n < COMMAND_MAX_OPTIONS && !str_is_empty(c->options[n].name))
        n++;
    return n;
}

const command_option *command_find_option(const command *c, str name) {
    for (size_t i = 0; i < command_option_count(c); i++) {
        if (str_equal(c->options[i].name, name))
            return &c->options[i];
    }
    return NULL;
}

bool command_has(const command_context *c, str option) {
    for (size_t i = 0; i < c->option_count; i++) {
        if (str_equal(c->options[i].name, option))
            return true;
    }
    return false;
}

str command_value(const command_context *c, str option) {
    str found = {0};
    for (size_t i = 0; i < c->option_count; i++) {
        if (str_equal(c->options[i].name, option))
            found = c->options[i].value;
    }
    return found;
}

const command *command_list(size_t *count) {
    *count = LENGTH(COMMANDS);
    return COMMANDS;
}
