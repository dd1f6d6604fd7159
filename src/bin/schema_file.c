/* schema_file.c: the commands that begin with the schema file: check, push. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "bin/command.h"
#include "database/database.h"
#include "schema/check.h"
#include "schema/load.h"

static err *hint_if_absent(err *e) {
    if (e == NULL || e->code != ERR_NOT_FOUND)
        return e;
    return err_with_hint(
        e, STR("tenon init makes a schema file, --schema FILE names another"));
}

err *command_engine(const command_context *c, engine_kind *out) {
    return database_engine_of(c->arena,
                              config_text(&c->config, CONFIG_DATABASE), out);
}

err *command_engine_option(const command_context *c, engine_kind *out) {
    str name = command_value(c, STR("engine"));
    if (engine_kind_find(name, out))
        return NULL;
    return err_new(c->arena, ERR_INVALID,
                   "--engine: expected sqlite or postgresql, got '%.*s'",
                   STR_ARG(name));
}

/* What is said counts, then where the database is, if anybody said that, and
 * else what the file says of itself. */
static err *choose_engine(const command_context *c, check_options *out) {
    if (command_has(c, STR("engine")))
        return command_engine_option(c, &out->engine);
    out->prefers_provider =
        c->config.values[CONFIG_DATABASE].source == CONFIG_FROM_DEFAULT;
    return command_engine(c, &out->engine);
}

err *command_check(command_context *c) {
    str path = c->argument_count > 0 ? c->arguments[0]
                                     : config_text(&c->config, CONFIG_SCHEMA);
    check_options options = {.is_json = command_has(c, STR("json")),
                             .is_colored = isatty(STDOUT_FILENO) == 1};
    TRY(choose_engine(c, &options));
    check_counts counts;
    TRY(hint_if_absent(check_file(c->arena, path, options, c->out, &counts)));
    c->exit_code = counts.errors > 0 ? 1 : 0;
    bool is_own = c->argument_count == 0 && counts.errors == 0;
    return is_own ? command_check_hooks(c, options.engine) : NULL;
}

err *command_load_schema(command_context *c, const schema **out) {
    engine_kind engine;
    TRY(command_engine(c, &engine));
    CLEANUP(buf_free) buf text = buf_new(FILE_MAX_BYTES);
    diag_list diags = {0};
    err *failure = schema_load_file(
        c->arena, config_text(&c->config, CONFIG_SCHEMA), engine, &diags, out);
    diag_print(&text, &diags, isatty(STDERR_FILENO) == 1);
    if (text.len > 0)
        fwrite(text.ptr, 1, text.len, stderr);
    return hint_if_absent(failure);
}

bool command_is_production(const command_context *c) {
    str environment = config_text(&c->config, CONFIG_ENVIRONMENT);
    return str_starts_with_ignoring_case(environment, STR("prod")) ||
           str_equal_ignoring_case(environment, STR("live"));
}

protection command_protection(const command_context *c) {
    str read_url = config_text(&c->config, CONFIG_DATABASE_READ);
    str called = config_text(&c->config, CONFIG_EXPOSE_FUNCTIONS);
    protection p = {
        .has_roles = config_is_on(&c->config, CONFIG_DATABASE_ROLES),
        .has_guards = config_is_on(&c->config, CONFIG_DATABASE_GUARDS),
        .read_url = str_equal(read_url, STR("same")) ? (str){0} : read_url,
    };
    if (!str_equal(called, STR("none")))
        p.called_schemas =
            config_split(c->arena, called, &p.called_schema_count);
    return p;
}

/* A comma may also stand between the hosts of one URL. */
static str take_url(str *rest) {
    static const str STARTS[] = {STR_INIT(",postgres://"),
                                 STR_INIT(",postgresql://")};
    size_t end = rest->len;
    for (size_t i = 0; i < LENGTH(STARTS); i++) {
        for (size_t k = 0; k < end; k++)
            if (str_starts_with(str_slice(*rest, k, rest->len), STARTS[i]))
                end = k;
    }
    str url = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end < rest->len ? end + 1 : end, rest->len);
    return str_trim(url);
}

static void add_replicas(const command_context *c, database_config *out) {
    str rest = config_text(&c->config, CONFIG_DATABASE_REPLICAS);
    str *urls = NULL;
    if (str_equal(rest, STR("none")))
        return;
    while (!str_is_empty(rest)) {
        str url = take_url(&rest);
        ARENA_PUSH(c->arena, urls, out->replica_count, url);
    }
    out->replica_urls = urls;
    out->replica_lag_ms = config_number(&c->config, CONFIG_REPLICA_LAG);
    out->replica_wait_ms = config_number(&c->config, CONFIG_REPLICA_WAIT);
}

database_config command_database(const command_context *c) {
    const config *settings = &c->config;
    database_config out = {
        .url = config_text(settings, CONFIG_DATABASE),
        .protection = command_protection(c),
        .has_no_events = !config_is_on(settings, CONFIG_EVENTS),
        .statement_timeout_ms =
            config_number(settings, CONFIG_STATEMENT_TIMEOUT),
        .read_connections =
            (size_t)config_number(settings, CONFIG_READ_CONNECTIONS),
        .write_connections =
            (size_t)config_number(settings, CONFIG_WRITE_CONNECTIONS),
    };
    add_replicas(c, &out);
    return out;
}

err *command_push(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    database_config place = command_database(c);
    return database_push(c->arena, &place, s,
                         command_has(c, STR("accept-data-loss")), c->out);
}
