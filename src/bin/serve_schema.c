#include "bin/serve_schema.h"

static const str *split_list(arena *a, str list, size_t *count) {
    str *names = NULL;
    *count = 0;
    while (!str_is_empty(list))
        ARENA_PUSH(a, names, *count, str_trim(str_split(&list, ',')));
    return names;
}

static err *load_found(command_context *c, const schema **out) {
    str list = config_text(&c->config, CONFIG_EXPOSE);
    size_t count;
    const str *schemas = split_list(
        c->arena, str_equal(list, STR("auto")) ? STR("public") : list, &count);
    return database_expose(c->arena, config_text(&c->config, CONFIG_DATABASE),
                           schemas, count, out);
}

err *serve_schema_load(command_context *c, const schema **out) {
    return config_is_on(&c->config, CONFIG_INTROSPECT)
               ? load_found(c, out)
               : command_load_schema(c, out);
}
