/* help.c: `tenon help`: what the table of commands says of itself. */
#include "base/nearest.h"
#include "bin/command.h"

str command_usage(arena *a, const command *c) {
    bool has_options = c->settings != 0 || command_option_count(c) > 0;
    return arena_printf(a, "usage: tenon %.*s%s%.*s%s", STR_ARG(c->name),
                        str_is_empty(c->arguments) ? "" : " ",
                        STR_ARG(c->arguments), has_options ? " [OPTIONS]" : "");
}

static void print_options(arena *a, buf *out, const command *c) {
    size_t count = command_option_count(c);
    if (count > 0)
        buf_append(out, STR("\nOptions:\n"));
    for (size_t i = 0; i < count; i++) {
        const command_option *o = &c->options[i];
        str shown =
            arena_printf(a, "%.*s%s%.*s", STR_ARG(o->name),
                         str_is_empty(o->value) ? "" : " ", STR_ARG(o->value));
        buf_printf(out, "  --%-18.*s %.*s\n", STR_ARG(shown), STR_ARG(o->help));
    }
}

static void print_command(command_context *context, const command *c) {
    str usage = command_usage(context->arena, c);
    buf_printf(context->out, "%.*s\n\n  %.*s\n", STR_ARG(usage),
               STR_ARG(c->summary));
    if (c->describe != NULL)
        c->describe(context->out);
    print_options(context->arena, context->out, c);
    if (c->settings == 0)
        return;
    config_print_flags(context->out, c->settings);
    buf_append(context->out,
               STR("\nSettings also come from the environment and from .env: "
                   "tenon config tells their\nnames, values and defaults.\n"));
}

static void print_names(buf *out, str group) {
    size_t count = 0;
    const command *list = command_list(&count);
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        width = list[i].name.len > width ? list[i].name.len : width;
    for (size_t i = 0; i < count; i++) {
        if (str_is_empty(group) || command_is_in_group(&list[i], group))
            buf_printf(out, "  %-*.*s %.*s\n", (int)width,
                       STR_ARG(list[i].name), STR_ARG(list[i].summary));
    }
}

static void print_group(buf *out, str group) {
    buf_printf(out, "usage: tenon %.*s COMMAND [OPTIONS]\n\n", STR_ARG(group));
    print_names(out, group);
    buf_printf(out, "\ntenon help %.*s COMMAND lists the options of one.\n",
               STR_ARG(group));
}

static void print_commands(buf *out) {
    buf_append(out, STR("tenon: a complete SaaS backend from one schema file\n"
                        "\nusage: tenon COMMAND [OPTIONS]\n\n"));
    print_names(out, (str){0});
    buf_append(
        out, STR("\ntenon help COMMAND lists the options of one. All but init,"
                 " lsp, version and help also\n"
                 "take these settings (tenon config tells more).\n"));
    config_print_flags(out, CONFIG_OF_ALL);
}

err *command_unknown(arena *a, str name) {
    nearest n = nearest_to(name);
    size_t count = 0;
    const command *list = command_list(&count);
    for (size_t i = 0; i < count; i++)
        nearest_offer(&n, list[i].name);
    err *e = err_new(a, ERR_INVALID, "unknown command '%.*s'", STR_ARG(name));
    if (str_is_empty(n.best))
        return err_with_hint(e, STR("tenon help lists the commands"));
    return err_with_hint(
        e, arena_printf(a, "did you mean '%.*s'?", STR_ARG(n.best)));
}

err *command_help(command_context *c) {
    if (c->argument_count == 0) {
        print_commands(c->out);
        return NULL;
    }
    str name = c->argument_count == 1 ? c->arguments[0]
                                      : arena_printf(c->arena, "%.*s %.*s",
                                                     STR_ARG(c->arguments[0]),
                                                     STR_ARG(c->arguments[1]));
    const command *about = command_find(name);
    if (about == NULL && !command_is_group(name)) {
        c->exit_code = 2;
        return command_unknown(c->arena, name);
    }
    if (about != NULL)
        print_command(c, about);
    else
        print_group(c->out, name);
    return NULL;
}
