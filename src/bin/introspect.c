/* introspect.c: `tenon introspect`: a database as a schema file. */
#include "database/introspect/introspect.h"
#include "base/file.h"
#include "bin/command.h"
#include "database/migrate/target.h"

static str url_of(const command_context *c) {
    return c->argument_count > 0 ? c->arguments[0]
                                 : config_text(&c->config, CONFIG_DATABASE);
}

static err *write_out(command_context *c, str text) {
    str path = command_value(c, STR("output"));
    if (str_is_empty(path) || str_equal(path, STR("-"))) {
        buf_append(c->out, text);
        return NULL;
    }
    err *e = file_create(c->arena, path, text);
    if (e != NULL && e->code == ERR_CONFLICT)
        return err_with_hint(
            e, STR("introspect overwrites nothing; name another file"));
    TRY(e);
    buf_printf(c->out, "made %.*s\n", STR_ARG(path));
    return NULL;
}

/* "auth,public" */
static const str *schemas_of(command_context *c, size_t *count) {
    str rest = command_value(c, STR("schemas"));
    str *names = NULL;
    while (!str_is_empty(rest)) {
        str name = str_trim(str_split(&rest, ','));
        ARENA_PUSH(c->arena, names, *count, name);
    }
    return names;
}

err *command_introspect(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    structure s;
    introspect_options options = {.is_open = command_has(c, STR("open"))};
    TRY(target_open(c->arena, url_of(c), TARGET_READ, &t));
    size_t count = 0;
    const str *schemas = schemas_of(c, &count);
    TRY(target_structure(c->arena, t, schemas, count, &s));
    return write_out(c, introspect_schema(c->arena, &s, options));
}
