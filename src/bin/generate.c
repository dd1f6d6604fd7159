/* generate.c: what is derived from the schema: `schema dump`, `generate`. */
#include "api/description.h"
#include "base/file.h"
#include "bin/command.h"
#include "generate/json_schema.h"
#include "generate/lua_annotations.h"
#include "generate/schema_json.h"

err *command_schema_dump(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    schema_json_write(c->out, s);
    return NULL;
}

/* ---- Where it goes -------------------------------------------------------- */

/* Says how a committed file differs from what it should be; exit 1. */
static err *check(command_context *c, str path, str text) {
    str old = {0};
    TRY(file_read_if_exists(c->arena, path, &old));
    if (str_equal(old, text))
        return NULL;
    bool is_there = file_exists(c->arena, path);
    buf_printf(c->out, "%.*s is not %s: run the same without --check\n",
               STR_ARG(path), is_there ? "what the schema says" : "there");
    c->exit_code = 1;
    return NULL;
}

static err *write_file(command_context *c, str path, str text) {
    str old = {0};
    TRY(file_read_if_exists(c->arena, path, &old));
    bool is_there = file_exists(c->arena, path);
    if (is_there && str_equal(old, text))
        return NULL;
    TRY(is_there ? file_replace(c->arena, path, text)
                 : file_create(c->arena, path, text));
    buf_printf(c->out, "wrote %.*s\n", STR_ARG(path));
    return NULL;
}

static err *put(command_context *c, str text) {
    str path = command_value(c, STR("output"));
    if (!str_is_empty(path))
        return command_has(c, STR("check")) ? check(c, path, text)
                                            : write_file(c, path, text);
    if (command_has(c, STR("check")))
        return err_with_hint(
            err_new(c->arena, ERR_INVALID, "--check needs the file to look at"),
            STR("name it with --output FILE"));
    buf_append(c->out, text);
    return NULL;
}

/* ---- What ----------------------------------------------------------------- */

err *command_generate_json_schema(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    CLEANUP(buf_free) buf text = buf_new(FILE_MAX_BYTES);
    TRY(json_schema_write(c->arena, &text, s));
    return put(c, buf_str(&text));
}

/* What a server with these settings serves. */
static err *describe(command_context *c, app *out) {
    *out = (app){0};
    TRY(command_load_schema(c, &out->schema));
    return exposure_read(c->arena, out->schema,
                         config_text(&c->config, CONFIG_EXPOSE), &out->exposed);
}

err *command_generate_openapi(command_context *c) {
    app served;
    TRY(describe(c, &served));
    description d = description_new(c->arena, &served, PRINCIPAL_ANONYMOUS);
    return put(c, description_openapi(&d));
}

err *command_generate_typescript(command_context *c) {
    app served;
    TRY(describe(c, &served));
    description d = description_new(c->arena, &served, PRINCIPAL_ANONYMOUS);
    return put(c, description_typescript(&d));
}

err *command_generate_lua(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    CLEANUP(buf_free) buf text = buf_new(FILE_MAX_BYTES);
    lua_annotations_write(&text, s);
    return put(c, buf_str(&text));
}
