#include "bin/serve_schema.h"

#include "bin/serve_found.h"

err *serve_schema_load(command_context *c, const schema **out) {
    return config_is_on(&c->config, CONFIG_INTROSPECT)
               ? serve_found_read(c->arena, &c->config, out)
               : command_load_schema(c, out);
}

err *serve_schema_load_called(command_context *c, const schema *s,
                              const schema **out) {
    protection p = command_protection(c);
    *out = NULL;
    if (p.called_schema_count == 0)
        return NULL;
    if (s->is_foreign)
        return err_with_hint(
            err_new(c->arena, ERR_INVALID,
                    "--expose-functions is for what is served by a schema "
                    "file"),
            STR("with --introspect the functions of the schemas of --expose "
                "are there"));
    err *e = database_expose_functions(
        c->arena, config_text(&c->config, CONFIG_DATABASE), p.called_schemas,
        p.called_schema_count, s, out);
    return e != NULL ? err_wrap(c->arena, e, "expose-functions") : NULL;
}
