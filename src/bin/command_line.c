#include "bin/command_line.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/nearest.h"

static err *run_help(command_context *c);

static const command COMMANDS[] = {
    {STR_INIT("init"), STR_INIT("[FOLDER]"), 1, false, false,
     STR_INIT("make a new application: schema.prisma and .env"), command_init},
    {STR_INIT("check"), STR_INIT("[FILE] [--json]"), 1, true, true,
     STR_INIT("find what is wrong in a schema file"), command_check},
    {STR_INIT("push"), STR_INIT(""), 0, false, true,
     STR_INIT("make the database equal to the schema file"), command_push},
    {STR_INIT("serve"), STR_INIT(""), 0, false, true,
     STR_INIT("serve the schema's models over HTTP"), command_serve},
    {STR_INIT("config"), STR_INIT(""), 0, false, true,
     STR_INIT("list every setting, its value and where it came from"),
     command_config},
    {STR_INIT("version"), STR_INIT(""), 0, false, false,
     STR_INIT("print the version"), command_version},
    {STR_INIT("help"), STR_INIT("[COMMAND]"), 1, false, false,
     STR_INIT("print this"), run_help},
};

static const command *find_command(str name) {
    for (size_t i = 0; i < LENGTH(COMMANDS); i++) {
        if (str_equal(COMMANDS[i].name, name))
            return &COMMANDS[i];
    }
    return NULL;
}

/* ---- help ----------------------------------------------------------------*/

static str usage_of(arena *a, const command *c) {
    return arena_printf(a, "usage: tenon %.*s%s%.*s%s", STR_ARG(c->name),
                        str_is_empty(c->arguments) ? "" : " ",
                        STR_ARG(c->arguments),
                        c->has_settings ? " [OPTIONS]" : "");
}

static void print_command(command_context *context, const command *c) {
    str usage = usage_of(context->arena, c);
    buf_printf(context->out, "%.*s\n\n  %.*s\n", STR_ARG(usage),
               STR_ARG(c->summary));
    if (c->has_settings)
        buf_append(context->out,
                   STR("\ntenon help lists the options, tenon config their"
                       " values.\n"));
}

static void print_commands(buf *out) {
    buf_append(out, STR("tenon: a complete SaaS backend from one schema file\n"
                        "\nusage: tenon COMMAND [OPTIONS]\n\n"));
    for (size_t i = 0; i < LENGTH(COMMANDS); i++)
        buf_printf(out, "  %-10.*s %.*s\n", STR_ARG(COMMANDS[i].name),
                   STR_ARG(COMMANDS[i].summary));
    buf_append(out,
               STR("\nOptions of check, push, serve and config (tenon config"
                   " tells more):\n"));
    config_print_flags(out);
}

static err *unknown_command(arena *a, str name) {
    nearest n = nearest_to(name);
    for (size_t i = 0; i < LENGTH(COMMANDS); i++)
        nearest_offer(&n, COMMANDS[i].name);
    err *e = err_new(a, ERR_INVALID, "unknown command '%.*s'", STR_ARG(name));
    if (str_is_empty(n.best))
        return err_with_hint(e, STR("tenon help lists the commands"));
    return err_with_hint(
        e, arena_printf(a, "did you mean '%.*s'?", STR_ARG(n.best)));
}

static err *run_help(command_context *c) {
    if (c->argument_count == 0) {
        print_commands(c->out);
        return NULL;
    }
    const command *about = find_command(c->arguments[0]);
    if (about == NULL)
        return unknown_command(c->arena, c->arguments[0]);
    print_command(c, about);
    return NULL;
}

/* ---- the line ------------------------------------------------------------*/

typedef struct line {
    arena *arena;
    char **words;
    int count;
    int at;
    const command *command;
    bool wants_help;
    config_flag *flags;
    size_t flag_count;
    command_context *context;
} line;

static err *unknown_flag(const line *l, str word, str name) {
    str shown = str_split(&word, '=');
    err *e =
        err_new(l->arena, ERR_INVALID, "unknown option '%.*s'", STR_ARG(shown));
    str known = config_nearest_flag(name);
    if (str_is_empty(known))
        return err_with_hint(e, STR("tenon help lists the options"));
    return err_with_hint(
        e, arena_printf(l->arena, "did you mean '--%.*s'?", STR_ARG(known)));
}

/* Flags that are not settings. True if this was one. */
static bool take_own_flag(line *l, str name) {
    if (str_equal(name, STR("help"))) {
        l->wants_help = true;
        return true;
    }
    if (str_equal(name, STR("json")) && l->command != NULL &&
        l->command->has_json) {
        l->context->is_json = true;
        return true;
    }
    return false;
}

static err *take_flag(line *l, str word) {
    size_t dashes = str_starts_with(word, STR("--")) ? 2 : 1;
    config_flag flag = {.value = str_slice(word, dashes, word.len)};
    size_t equals = str_find_char(flag.value, '=');
    flag.has_value = equals < flag.value.len;
    flag.name = str_split(&flag.value, '=');
    if (dashes == 2 && take_own_flag(l, flag.name))
        return NULL;

    bool takes_value = false;
    if (dashes == 1 || !config_has_flag(flag.name, &takes_value))
        return unknown_flag(l, word, flag.name);
    if (takes_value && !flag.has_value) {
        if (l->at == l->count)
            return err_new(l->arena, ERR_INVALID, "--%.*s needs a value",
                           STR_ARG(flag.name));
        flag.value = str_of(l->words[l->at++]);
        flag.has_value = true;
    }
    ARENA_PUSH(l->arena, l->flags, l->flag_count, flag);
    return NULL;
}

static err *take_argument(line *l, str word) {
    command_context *c = l->context;
    if (l->command == NULL) {
        l->command = find_command(word);
        return l->command != NULL ? NULL : unknown_command(l->arena, word);
    }
    if (c->argument_count == l->command->max_arguments)
        return err_with_hint(err_new(l->arena, ERR_INVALID,
                                     "unexpected argument '%.*s'",
                                     STR_ARG(word)),
                             usage_of(l->arena, l->command));
    c->arguments[c->argument_count++] = word;
    return NULL;
}

/* What people type out of habit, before they know how it is called here. */
static str without_habit(const line *l, str word) {
    if (str_equal(word, STR("-h")))
        return STR("--help");
    if (l->command == NULL && str_equal(word, STR("--version")))
        return STR("version");
    return word;
}

static err *take_words(line *l) {
    while (l->at < l->count) {
        str word = without_habit(l, str_of(l->words[l->at++]));
        if (str_starts_with(word, STR("-")) && word.len > 1)
            TRY(take_flag(l, word));
        else
            TRY(take_argument(l, word));
    }
    return NULL;
}

/* `tenon serve --help` is `tenon help serve`. */
static void turn_into_help(line *l) {
    command_context *c = l->context;
    c->argument_count = 0;
    if (l->command != NULL && l->command->run != run_help)
        c->arguments[c->argument_count++] = l->command->name;
    l->command = find_command(STR("help"));
}

err *command_line_parse(arena *a, int argc, char **argv, const command **out,
                        command_context *context) {
    line l = {
        .arena = a, .words = argv, .count = argc, .at = 1, .context = context};
    TRY(take_words(&l));
    if (l.command == NULL || l.wants_help)
        turn_into_help(&l);
    if (argc == 1)
        context->exit_code = 2;

    *out = l.command;
    if (!l.command->has_settings)
        return NULL;
    str dotenv = {0};
    TRY(file_read_if_exists(a, STR(".env"), &dotenv));
    return config_read(a, dotenv, getenv, l.flags, l.flag_count,
                       &context->config);
}
