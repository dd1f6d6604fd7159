#include "bin/dotenv.h"

#include <stdbool.h>

#include "base/ascii.h"

static bool is_name_char(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '.';
}

static str take_name(str *rest) {
    size_t n = 0;
    while (n < rest->len && is_name_char(rest->ptr[n]))
        n++;
    return str_take(rest, n);
}

static err *broken_line(arena *a, uint32_t line, const char *what) {
    return err_new(a, ERR_INVALID, ".env line %u: %s", line, what);
}

/* After a value: nothing, or a comment. */
static bool is_end_of_line(str rest) {
    rest = str_trim(rest);
    return str_is_empty(rest) || rest.ptr[0] == '#';
}

static char unescape(char c) {
    return c == 'n' ? '\n' : c;
}

static err *take_quoted(arena *a, uint32_t line, str *rest, str *out) {
    char quote = rest->ptr[0];
    str_take(rest, 1);
    char *text = arena_take(a, rest->len + 1, 1);
    size_t n = 0;
    while (rest->len > 0 && rest->ptr[0] != quote) {
        char c = str_take(rest, 1).ptr[0];
        if (quote == '"' && c == '\\' && rest->len > 0)
            c = unescape(str_take(rest, 1).ptr[0]);
        text[n++] = c;
    }
    if (str_is_empty(*rest))
        return broken_line(a, line, "a quote is not closed");
    str_take(rest, 1);
    *out = (str){text, n};
    if (!is_end_of_line(*rest))
        return broken_line(a, line, "text after the closing quote");
    return NULL;
}

/* A '#' begins a comment only behind a blank: colours and URLs have them. */
static str plain_value(str text) {
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '#' &&
            (text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\t'))
            return str_trim(str_slice(text, 0, i));
    }
    return str_trim(text);
}

static err *parse_line(arena *a, uint32_t number, str line, dotenv *out) {
    str rest = str_trim(line);
    if (is_end_of_line(rest))
        return NULL;
    if (str_starts_with(rest, STR("export ")))
        rest = str_trim(str_slice(rest, 7, rest.len));
    dotenv_entry entry = {.name = take_name(&rest), .line = number};
    rest = str_trim(rest);
    if (str_is_empty(entry.name) || str_is_empty(rest) || rest.ptr[0] != '=')
        return broken_line(a, number, "expected NAME=value");
    str_take(&rest, 1);
    rest = str_trim(rest);
    if (rest.len > 0 && (rest.ptr[0] == '"' || rest.ptr[0] == '\''))
        TRY(take_quoted(a, number, &rest, &entry.value));
    else
        entry.value = plain_value(rest);
    ARENA_PUSH(a, out->entries, out->count, entry);
    return NULL;
}

err *dotenv_parse(arena *a, str text, dotenv *out) {
    *out = (dotenv){0};
    for (uint32_t line = 1; !str_is_empty(text); line++)
        TRY(parse_line(a, line, str_split(&text, '\n'), out));
    return NULL;
}

const dotenv_entry *dotenv_find(const dotenv *d, str name) {
    for (size_t i = d->count; i > 0; i--) {
        if (str_equal(d->entries[i - 1].name, name))
            return &d->entries[i - 1];
    }
    return NULL;
}
