#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "base/utf8.h"

enum {
    MAX_LINE = 256 * 1024, /* more than forty values of escapes only */
    TIME_AT = 11,          /* in a timestamp */
    TIME_LENGTH = 12,
};

static const struct {
    str name;
    str padded;
    str color;
} LEVELS[] = {
    [LOG_LEVEL_DEBUG] = {STR_INIT("debug"), STR_INIT("debug"),
                         STR_INIT("\x1B[2m")},
    [LOG_LEVEL_INFO] = {STR_INIT("info"), STR_INIT("info "),
                        STR_INIT("\x1B[32m")},
    [LOG_LEVEL_WARN] = {STR_INIT("warn"), STR_INIT("warn "),
                        STR_INIT("\x1B[33m")},
    [LOG_LEVEL_ERROR] = {STR_INIT("error"), STR_INIT("error"),
                         STR_INIT("\x1B[31m")},
};
_Static_assert(LENGTH(LEVELS) == LOG_LEVEL_COUNT, "every level has a name");

static bool terminal_has_colors(int fd) {
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org */
    const char *term = getenv("TERM");
    bool is_dumb = term == NULL || strcmp(term, "dumb") == 0;
    return isatty(fd) && !is_dumb && (no_color == NULL || *no_color == '\0');
}

logger logger_to(int fd, log_level level) {
    log_format format = terminal_has_colors(fd) ? LOG_FORMAT_COLORS
                        : isatty(fd)            ? LOG_FORMAT_PLAIN
                                                : LOG_FORMAT_JSON;
    return (logger){.fd = fd, .level = level, .format = format};
}

logger logger_for_request(const logger *l, str id) {
    logger of_request = *l;
    of_request.request_id = id;
    return of_request;
}

bool log_level_parse(str name, log_level *out) {
    for (size_t i = 0; i < LENGTH(LEVELS); i++) {
        if (str_equal(name, LEVELS[i].name)) {
            *out = (log_level)i;
            return true;
        }
    }
    return false;
}

str log_level_name(log_level level) {
    return LEVELS[level].name;
}

/* --- values --- */

/* A terminal obeys these: C0 is escaped by JSON's rules, DEL and C1 are not. */
static bool is_control(uint32_t c) {
    return c == 0x7F || (c >= 0x80 && c < 0xA0);
}

/* Appends valid UTF-8 of at most LOG_MAX_VALUE bytes and a mark if that is not
 * all. */
static void append_clean(buf *out, str text) {
    str replacement = STR("\xEF\xBF\xBD");
    size_t end = out->len + LOG_MAX_VALUE;
    while (text.len > 0) {
        uint32_t c = 0;
        size_t n = utf8_decode(text, &c);
        str bytes = str_take(&text, n > 0 ? n : 1);
        if (n == 0 || is_control(c))
            bytes = replacement;
        if (out->len + bytes.len > end) {
            buf_append(out, STR("..."));
            return;
        }
        buf_append(out, bytes);
    }
}

static bool needs_quotes(str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == '"' || c == '\\' || c == '=')
            return true;
    }
    return text.len == 0;
}

/* Milliseconds with three digits: 1.042. */
static void append_ms(buf *out, int64_t us) {
    buf_printf(out, "%s%lld.%03lld", us < 0 ? "-" : "", llabs(us / 1000),
               llabs(us % 1000));
}

static void append_text(buf *out, const logger *l, str text) {
    CLEANUP(buf_free) buf clean = buf_new(LOG_MAX_VALUE + 16);
    append_clean(&clean, text);
    if (l->format == LOG_FORMAT_JSON || needs_quotes(buf_str(&clean)))
        json_write_string(out, buf_str(&clean));
    else
        buf_append(out, buf_str(&clean));
}

static void append_value(buf *out, const logger *l, const log_field *f) {
    CLEANUP(buf_free) buf messages = buf_new(4 * LOG_MAX_VALUE);
    switch (f->kind) {
    case LOG_FIELD_END:
        return;
    case LOG_FIELD_STR:
        append_text(out, l, f->text);
        return;
    case LOG_FIELD_INT:
        buf_append_int(out, f->integer);
        return;
    case LOG_FIELD_MS:
        append_ms(out, f->integer);
        return;
    case LOG_FIELD_BOOL:
        buf_append(out, f->boolean ? STR("true") : STR("false"));
        return;
    case LOG_FIELD_CAUSE:
        err_print(&messages, f->cause);
        append_text(out, l, buf_str(&messages));
        return;
    }
}

/* --- lines --- */

static void begin_json(buf *out, str time, log_level level, str message) {
    buf_append(out, STR("{\"time\":\""));
    buf_append(out, time);
    buf_append(out, STR("\",\"level\":\""));
    buf_append(out, LEVELS[level].name);
    buf_append(out, STR("\",\"message\":"));
    json_write_string(out, message);
}

static void begin_human(buf *out, const logger *l, str time, log_level level,
                        str message) {
    bool has_colors = l->format == LOG_FORMAT_COLORS;
    buf_append(out, str_slice(time, TIME_AT, TIME_AT + TIME_LENGTH));
    buf_append_char(out, ' ');
    if (has_colors)
        buf_append(out, LEVELS[level].color);
    buf_append(out, LEVELS[level].padded);
    if (has_colors)
        buf_append(out, STR("\x1B[0m"));
    buf_append_char(out, ' ');
    buf_append(out, message);
    buf_append_char(out, ' ');
}

static void append_field(buf *out, const logger *l, const log_field *f) {
    bool is_json = l->format == LOG_FORMAT_JSON;
    bool has_colors = l->format == LOG_FORMAT_COLORS;
    buf_append(out, is_json      ? STR(",\"")
                    : has_colors ? STR(" \x1B[2m")
                                 : STR(" "));
    buf_append(out, str_of(f->key));
    buf_append(out, is_json      ? STR("\":")
                    : has_colors ? STR("=\x1B[0m")
                                 : STR("="));
    append_value(out, l, f);
}

static void write_once(int fd, str line) {
    ssize_t written;
    do
        written = write(fd, line.ptr, line.len);
    while (written < 0 && errno == EINTR);
}

void log_write(const logger *l, log_level level, const char *message,
               const log_field *fields) {
    char time[TIMESTAMP_LENGTH];
    timestamp_format((timestamp){clock_wall_ms(l->clock)}, time);
    str now = {time, sizeof time};

    CLEANUP(buf_free) buf line = buf_new(MAX_LINE);
    if (l->format == LOG_FORMAT_JSON)
        begin_json(&line, now, level, str_of(message));
    else
        begin_human(&line, l, now, level, str_of(message));
    if (!str_is_empty(l->request_id)) {
        log_field id = LOG_STR("request", l->request_id);
        append_field(&line, l, &id);
    }
    for (; fields->kind != LOG_FIELD_END; fields++)
        append_field(&line, l, fields);
    buf_append(&line, l->format == LOG_FORMAT_JSON ? STR("}\n") : STR("\n"));
    write_once(l->fd, buf_str(&line));
}
