/*
 * config.h: the settings of a process and where each came from.
 *
 * config.def is the one list. A setting is taken from the command line, else
 * from the environment, else from the file .env in the current folder, else it
 * has its default. All values are checked when they are read, so that a wrong
 * one is reported at the start with its place, and getters cannot fail.
 */
#ifndef BIN_CONFIG_H
#define BIN_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/nearest.h"

typedef enum config_id {
#define X(id, flag, env, kind, fallback, doc) CONFIG_##id,
#include "bin/config.def"
#undef X
    CONFIG_COUNT
} config_id;

/* What settings are about: the sections of the help, to be combined. */
enum {
    CONFIG_OF_DATABASE = 1 << 0,
    CONFIG_OF_REPLICAS = 1 << 1,
    CONFIG_OF_MIGRATIONS = 1 << 2,
    CONFIG_OF_SERVER = 1 << 3,
    CONFIG_OF_CLIENTS = 1 << 4,
    CONFIG_OF_FOUND = 1 << 5, /* a database that is served as it is found */
    CONFIG_OF_ANSWERS = 1 << 6,
    CONFIG_OF_LIMITS = 1 << 7,
    CONFIG_OF_LOG = 1 << 8,
    CONFIG_OF_HOOKS = 1 << 9,
    CONFIG_OF_ALL = (1 << 10) - 1,
};

typedef enum config_source {
    CONFIG_FROM_DEFAULT,
    CONFIG_FROM_FILE, /* .env */
    CONFIG_FROM_ENVIRONMENT,
    CONFIG_FROM_COMMAND_LINE,
} config_source;

typedef struct config_value {
    str text;
    int64_t number; /* a count, bytes, milliseconds; 0 or 1 of a switch */
    config_source source;
    uint32_t line; /* in .env */
} config_value;

typedef struct config {
    config_value values[CONFIG_COUNT];
} config;

/* A flag as it stands on the command line, without the dashes. */
typedef struct config_flag {
    str name;
    str value;
    bool has_value;
} config_flag;

/* dotenv is the text of .env, or empty. getenv-like lookup is a parameter so
 * that tests need no real environment; it returns NULL for unset. */
fallible config_read(arena *a, str dotenv, char *(*lookup)(const char *name),
                     const config_flag *flags, size_t flag_count, config *out);

/* Is there a setting with this flag, and does it take a value? */
bool config_has_flag(str name, bool *takes_value);

/* Offers each setting's flag to the search for the nearest name. */
void config_offer_flags(nearest *n);

str config_text(const config *c, config_id id);
int64_t config_number(const config *c, config_id id);
bool config_is_on(const config *c, config_id id);

/* A list with commas between, such as "public, shop". */
const str *config_split(arena *a, str list, size_t *count);

/* Each setting: value, where it came from, environment variable, default. */
void config_print(buf *out, const config *c);

/* A line for each flag of these sections under their titles, for the help. */
void config_print_flags(buf *out, unsigned sections);

#endif
