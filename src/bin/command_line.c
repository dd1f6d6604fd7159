#include "bin/command_line.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/nearest.h"

typedef struct line {
    arena *arena;
    char **words;
    int count;
    int at;
    str group; /* the first word of two */
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
    nearest n = nearest_to(name);
    if (l->command != NULL) {
        for (size_t i = 0; i < command_option_count(l->command); i++)
            nearest_offer(&n, l->command->options[i].name);
    }
    config_offer_flags(&n);
    if (str_is_empty(n.best))
        return err_with_hint(e, STR("tenon help lists the options"));
    return err_with_hint(
        e, arena_printf(l->arena, "did you mean '--%.*s'?", STR_ARG(n.best)));
}

/* Its value may be the next word. */
static err *take_value(line *l, config_flag *flag) {
    if (flag->has_value)
        return NULL;
    if (l->at == l->count)
        return err_new(l->arena, ERR_INVALID, "--%.*s needs a value",
                       STR_ARG(flag->name));
    flag->value = str_of(l->words[l->at++]);
    flag->has_value = true;
    return NULL;
}

/* An option of the command and no setting. */
static err *take_option(line *l, const command_option *option,
                        config_flag flag) {
    command_context *c = l->context;
    if (!str_is_empty(option->value))
        TRY(take_value(l, &flag));
    else if (flag.has_value)
        return err_new(l->arena, ERR_INVALID, "--%.*s takes no value",
                       STR_ARG(flag.name));
    ARENA_PUSH(l->arena, c->options, c->option_count, flag);
    return NULL;
}

static err *take_flag(line *l, str word) {
    size_t dashes = str_starts_with(word, STR("--")) ? 2 : 1;
    config_flag flag = {.value = str_slice(word, dashes, word.len)};
    size_t equals = str_find_char(flag.value, '=');
    flag.has_value = equals < flag.value.len;
    flag.name = str_split(&flag.value, '=');
    if (dashes == 1)
        return unknown_flag(l, word, flag.name);
    if (str_equal(flag.name, STR("help"))) {
        l->wants_help = true;
        return NULL;
    }
    const command_option *option =
        l->command != NULL ? command_find_option(l->command, flag.name) : NULL;
    if (option != NULL)
        return take_option(l, option, flag);

    bool takes_value = false;
    if (!config_has_flag(flag.name, &takes_value))
        return unknown_flag(l, word, flag.name);
    if (takes_value)
        TRY(take_value(l, &flag));
    ARENA_PUSH(l->arena, l->flags, l->flag_count, flag);
    return NULL;
}

static err *take_command(line *l, str word) {
    str name = str_is_empty(l->group)
                   ? word
                   : arena_printf(l->arena, "%.*s %.*s", STR_ARG(l->group),
                                  STR_ARG(word));
    l->command = command_find(name);
    if (l->command != NULL)
        return NULL;
    if (!command_is_group(name))
        return command_unknown(l->arena, name);
    l->group = name;
    return NULL;
}

static err *take_argument(line *l, str word) {
    command_context *c = l->context;
    if (l->command == NULL)
        return take_command(l, word);
    if (c->argument_count == l->command->max_arguments)
        return err_with_hint(err_new(l->arena, ERR_INVALID,
                                     "unexpected argument '%.*s'",
                                     STR_ARG(word)),
                             command_usage(l->arena, l->command));
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
    if (l->command != NULL && l->command->run != command_help)
        c->arguments[c->argument_count++] = l->command->name;
    else if (l->command == NULL && !str_is_empty(l->group))
        c->arguments[c->argument_count++] = l->group;
    l->command = command_find(STR("help"));
}

err *command_line_parse(arena *a, int argc, char **argv, const command **out,
                        command_context *context) {
    line l = {
        .arena = a, .words = argv, .count = argc, .at = 1, .context = context};
    TRY(take_words(&l));
    if (l.command == NULL && !l.wants_help)
        context->exit_code = 2;
    if (l.command == NULL || l.wants_help)
        turn_into_help(&l);

    *out = l.command;
    if (l.command->settings == 0)
        return NULL;
    str dotenv = {0};
    TRY(file_read_if_exists(a, STR(".env"), &dotenv));
    return config_read(a, dotenv, getenv, l.flags, l.flag_count,
                       &context->config);
}
