/*
 * log.h: one line an event, for people on a terminal and for machines
 * otherwise.
 *
 *     log_info(log, "listening", LOG_STR("address", address),
 *              LOG_INT("workers", count), LOG_END);
 *
 *     12:00:00.123 info  listening  address=127.0.0.1:54321 workers=2
 *     {"time":"2024-01-31T12:00:00.123+00:00","level":"info",
 *      "message":"listening","address":"127.0.0.1:54321","workers":2}
 *
 * A line is one write(2), so lines of several threads do not mix and nobody
 * locks. What cannot be written is lost: logging never stops work.
 *
 * Messages and keys are words of ours; what came from outside goes into values,
 * where it is escaped and cut at LOG_MAX_VALUE bytes. Secrets go nowhere.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum { LOG_MAX_VALUE = 1024 };

typedef enum log_level {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
    LOG_LEVEL_COUNT
} log_level;

typedef enum log_format {
    LOG_FORMAT_PLAIN,  /* for people */
    LOG_FORMAT_COLORS, /* for people, on a terminal */
    LOG_FORMAT_JSON,
} log_format;

/* A plain value: copy it to change it. It is passed down as const logger *. */
typedef struct logger {
    int fd;
    log_level level; /* what is below is not written */
    log_format format;
    const fake_clock *clock; /* or NULL */
    str request_id;          /* on each line, unless empty */
} logger;

/* Colors on a terminal that can and wants to (NO_COLOR, TERM), JSON otherwise.
 */
logger logger_to(int fd, log_level level);

/* The same for the lines of one request; id is borrowed. */
logger logger_for_request(const logger *l, str id);

/* "debug", "info", "warn", "error"; false, and *out untouched, for others. */
bool log_level_parse(str name, log_level *out);
str log_level_name(log_level level);

typedef struct log_field {
    enum {
        LOG_FIELD_END,
        LOG_FIELD_STR,
        LOG_FIELD_INT,
        LOG_FIELD_MS,
        LOG_FIELD_BOOL,
        LOG_FIELD_CAUSE,
    } kind;
    const char *key;
    union {
        str text;
        int64_t integer; /* LOG_FIELD_MS: in microseconds */
        bool boolean;
        const err *cause;
    };
} log_field;

#define LOG_STR(k, v)                                                          \
    { .kind = LOG_FIELD_STR, .key = (k), .text = (v) }
#define LOG_INT(k, v)                                                          \
    { .kind = LOG_FIELD_INT, .key = (k), .integer = (int64_t)(v) }
#define LOG_BOOL(k, v)                                                         \
    { .kind = LOG_FIELD_BOOL, .key = (k), .boolean = (v) }
/* Microseconds, written as milliseconds: name the key ..._ms. */
#define LOG_MS(k, us)                                                          \
    { .kind = LOG_FIELD_MS, .key = (k), .integer = (us) }
/* The messages of an err from the outside in, as "error". */
#define LOG_CAUSE(e)                                                           \
    { .kind = LOG_FIELD_CAUSE, .key = "error", .cause = (e) }
#define LOG_END                                                                \
    { .kind = LOG_FIELD_END }

/* The last field is LOG_END. */
#define log_debug(l, message, ...)                                             \
    log_at((l), LOG_LEVEL_DEBUG, (message), __VA_ARGS__)
#define log_info(l, message, ...)                                              \
    log_at((l), LOG_LEVEL_INFO, (message), __VA_ARGS__)
#define log_warn(l, message, ...)                                              \
    log_at((l), LOG_LEVEL_WARN, (message), __VA_ARGS__)
#define log_error(l, message, ...)                                             \
    log_at((l), LOG_LEVEL_ERROR, (message), __VA_ARGS__)

/* The fields are not evaluated for a line that is not written. */
#define log_at(l, line_level, message, ...)                                    \
    ((l)->level <= (line_level) ? log_write((l), (line_level), (message),      \
                                            (const log_field[]){__VA_ARGS__})  \
                                : (void)0)

/* Writes the line; fields end with LOG_END. */
void log_write(const logger *l, log_level level, const char *message,
               const log_field *fields);

#endif
