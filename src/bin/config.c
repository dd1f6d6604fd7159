#include "bin/config.h"

#include "base/ascii.h"
#include "bin/dotenv.h"

typedef enum config_kind {
    TEXT,
    SECRET,
    SWITCH,
    COUNT,
    THREADS,
    BYTES,
    TIME
} config_kind;

enum { MAX_THREADS = 256 };

static const struct setting {
    str flag;
    const char *env;
    config_kind kind;
    str fallback;
    str doc;
} SETTINGS[] = {
#define X(id, flag, env, kind, fallback, doc)                                  \
    [CONFIG_##                                                                 \
        id] = {STR_INIT(flag), env, kind, STR_INIT(fallback), STR_INIT(doc)},
#include "bin/config.def"
#undef X
};
_Static_assert(LENGTH(SETTINGS) == CONFIG_COUNT, "one row a setting");

/* In the order of the settings; each goes on to where the next begins. */
static const struct section {
    config_id first;
    unsigned section;
    const char *title;
} SECTIONS[] = {
    {CONFIG_SCHEMA, CONFIG_OF_DATABASE, "Schema and database"},
    {CONFIG_DATABASE_REPLICAS, CONFIG_OF_REPLICAS, "Replicas"},
    {CONFIG_DATABASE_ROLES, CONFIG_OF_MIGRATIONS, "Changing a database"},
    {CONFIG_LISTEN, CONFIG_OF_SERVER, "Where to serve, http and https"},
    {CONFIG_DEV_OPEN, CONFIG_OF_CLIENTS, "What clients may do"},
    {CONFIG_INTROSPECT, CONFIG_OF_FOUND,
     "A PostgreSQL database as it is found"},
    {CONFIG_CORS_ORIGINS, CONFIG_OF_ANSWERS, "What clients may ask for"},
    {CONFIG_HOOKS, CONFIG_OF_HOOKS, "Hooks"},
    {CONFIG_STATEMENT_TIMEOUT, CONFIG_OF_LIMITS, "Limits"},
    {CONFIG_LOG_LEVEL, CONFIG_OF_LOG, "Log"},
};

static const struct unit {
    config_kind kind;
    str name;
    int64_t scale;
} UNITS[] = {
    {COUNT, STR_INIT(""), 1},
    {THREADS, STR_INIT(""), 1},
    {BYTES, STR_INIT("B"), 1},
    {BYTES, STR_INIT("KB"), INT64_C(1) << 10},
    {BYTES, STR_INIT("MB"), INT64_C(1) << 20},
    {BYTES, STR_INIT("GB"), INT64_C(1) << 30},
    {TIME, STR_INIT("ms"), 1},
    {TIME, STR_INIT("s"), 1000},
    {TIME, STR_INIT("m"), INT64_C(60) * 1000},
    {TIME, STR_INIT("h"), INT64_C(60) * 60 * 1000},
    {TIME, STR_INIT("d"), INT64_C(24) * 60 * 60 * 1000},
};

static const char *const EXPECTED[] = {
    [TEXT] = "a text",
    [SECRET] = "a text",
    [SWITCH] = "true or false",
    [COUNT] = "a whole number",
    [THREADS] = "auto or a number from 1 to 256",
    [BYTES] = "a size such as 64KB or 10MB",
    [TIME] = "a time such as 500ms, 10s or 2m",
};

static const char *const SOURCES[] = {
    [CONFIG_FROM_DEFAULT] = "default",
    [CONFIG_FROM_FILE] = ".env",
    [CONFIG_FROM_ENVIRONMENT] = "environment",
    [CONFIG_FROM_COMMAND_LINE] = "command line",
};

static bool read_scaled(config_kind kind, str text, int64_t *out) {
    size_t digits = 0;
    while (digits < text.len && ascii_is_digit(text.ptr[digits]))
        digits++;
    str unit = str_slice(text, digits, text.len);
    int64_t n = 0;
    if (!str_parse_int64(str_slice(text, 0, digits), &n))
        return false;
    for (size_t i = 0; i < LENGTH(UNITS); i++) {
        if (UNITS[i].kind == kind && str_equal(UNITS[i].name, unit))
            return !__builtin_mul_overflow(n, UNITS[i].scale, out);
    }
    return false;
}

static bool read_switch(str text, int64_t *out) {
    bool is_on = str_equal(text, STR("true")) || str_equal(text, STR("1"));
    *out = is_on ? 1 : 0;
    return is_on || str_equal(text, STR("false")) || str_equal(text, STR("0"));
}

static bool read_threads(str text, int64_t *out) {
    if (str_equal(text, STR("auto")))
        return true;
    return read_scaled(THREADS, text, out) && *out >= 1 && *out <= MAX_THREADS;
}

static bool read_number(config_kind kind, str text, int64_t *out) {
    switch (kind) {
    case TEXT:
    case SECRET:
        return !str_is_empty(text);
    case SWITCH:
        return read_switch(text, out);
    case THREADS:
        return read_threads(text, out);
    case COUNT:
    case BYTES:
    case TIME:
        return read_scaled(kind, text, out);
    }
    return false;
}

static err *check(arena *a, config_id id, config_value *v) {
    const struct setting *s = &SETTINGS[id];
    if (read_number(s->kind, v->text, &v->number))
        return NULL;
    str place = v->source == CONFIG_FROM_COMMAND_LINE
                    ? arena_printf(a, "--%.*s", STR_ARG(s->flag))
                : v->source == CONFIG_FROM_FILE
                    ? arena_printf(a, "%s in line %u of .env", s->env, v->line)
                    : arena_printf(a, "%s", s->env);
    return err_new(a, ERR_INVALID, "%.*s: expected %s, got '%.*s'",
                   STR_ARG(place), EXPECTED[s->kind], STR_ARG(v->text));
}

static const config_flag *find_flag(const config_flag *flags, size_t count,
                                    str name) {
    for (size_t i = count; i > 0; i--) {
        if (str_equal(flags[i - 1].name, name))
            return &flags[i - 1];
    }
    return NULL;
}

static const struct setting *find_env(str name) {
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        if (str_equal(str_of(SETTINGS[i].env), name))
            return &SETTINGS[i];
    }
    return NULL;
}

/* Names of others may stand in the file, too; those like ours are meant. */
static err *check_names(arena *a, const dotenv *file) {
    for (size_t i = 0; i < file->count; i++) {
        const dotenv_entry *entry = &file->entries[i];
        if (!str_starts_with(entry->name, STR("TENON_")) ||
            find_env(entry->name) != NULL)
            continue;
        nearest n = nearest_to(entry->name);
        for (size_t j = 0; j < CONFIG_COUNT; j++)
            nearest_offer(&n, str_of(SETTINGS[j].env));
        return err_with_hint(
            err_new(a, ERR_INVALID, "unknown setting %.*s in line %u of .env",
                    STR_ARG(entry->name), entry->line),
            str_is_empty(n.best)
                ? STR("tenon help lists the options")
                : arena_printf(a, "did you mean %.*s?", STR_ARG(n.best)));
    }
    return NULL;
}

err *config_read(arena *a, str dotenv_text, char *(*lookup)(const char *name),
                 const config_flag *flags, size_t flag_count, config *out) {
    dotenv file;
    TRY(dotenv_parse(a, dotenv_text, &file));
    TRY(check_names(a, &file));
    for (config_id id = 0; id < CONFIG_COUNT; id++) {
        const struct setting *s = &SETTINGS[id];
        config_value *v = &out->values[id];
        *v = (config_value){.text = s->fallback};
        const dotenv_entry *entry = dotenv_find(&file, str_of(s->env));
        if (entry != NULL)
            *v = (config_value){.text = entry->value,
                                .source = CONFIG_FROM_FILE,
                                .line = entry->line};
        const char *variable = lookup(s->env);
        if (variable != NULL)
            *v = (config_value){.text = arena_copy(a, str_of(variable)),
                                .source = CONFIG_FROM_ENVIRONMENT};
        const config_flag *flag = find_flag(flags, flag_count, s->flag);
        if (flag != NULL)
            *v = (config_value){.text =
                                    flag->has_value ? flag->value : STR("true"),
                                .source = CONFIG_FROM_COMMAND_LINE};
        TRY(check(a, id, v));
    }
    return NULL;
}

bool config_has_flag(str name, bool *takes_value) {
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        if (str_equal(SETTINGS[i].flag, name)) {
            *takes_value = SETTINGS[i].kind != SWITCH;
            return true;
        }
    }
    return false;
}

str config_text(const config *c, config_id id) {
    return c->values[id].text;
}

int64_t config_number(const config *c, config_id id) {
    return c->values[id].number;
}

bool config_is_on(const config *c, config_id id) {
    return c->values[id].number != 0;
}

const str *config_split(arena *a, str list, size_t *count) {
    str *names = NULL;
    *count = 0;
    while (!str_is_empty(list))
        ARENA_PUSH(a, names, *count, str_trim(str_split(&list, ',')));
    return names;
}

/* A secret is on no screen and in no bug report. */
static str shown(const struct setting *s, const config_value *v) {
    bool is_hidden = s->kind == SECRET && v->source != CONFIG_FROM_DEFAULT;
    return is_hidden ? STR("(hidden)") : v->text;
}

void config_print(buf *out, const config *c) {
    for (config_id id = 0; id < CONFIG_COUNT; id++) {
        const struct setting *s = &SETTINGS[id];
        const config_value *v = &c->values[id];
        str text = shown(s, v);
        buf_printf(out, "--%-18.*s %-24.*s %s\n", STR_ARG(s->flag),
                   STR_ARG(text), SOURCES[v->source]);
        buf_printf(out, "    %.*s\n    %s, default %.*s\n", STR_ARG(s->doc),
                   s->env, STR_ARG(s->fallback));
    }
}

void config_print_flags(buf *out, unsigned sections) {
    for (size_t i = 0, k = 0; i < LENGTH(SETTINGS); i++) {
        const struct setting *s = &SETTINGS[i];
        bool is_first = k < LENGTH(SECTIONS) && SECTIONS[k].first == i;
        k += is_first;
        if ((SECTIONS[k - 1].section & sections) == 0)
            continue;
        if (is_first)
            buf_printf(out, "\n%s:\n", SECTIONS[k - 1].title);
        buf_printf(out, "  --%-18.*s %.*s\n", STR_ARG(s->flag),
                   STR_ARG(s->doc));
    }
}

void config_offer_flags(nearest *n) {
    for (size_t i = 0; i < CONFIG_COUNT; i++)
        nearest_offer(n, SETTINGS[i].flag);
}
