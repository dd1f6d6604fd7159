#include "generate/typescript_page.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/utf8.h"

enum { WIDTH = 80, INDENT = 2 };

/* What an object without members is. */
static const str EMPTY = STR_INIT("Record<never, never>");

/* --- words --- */

/* Ends of lines, and characters that are not seen or turn the direction of
 * those behind them. */
static bool is_hidden(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

str typescript_string(arena *a, str text) {
    /* A byte becomes the six of \u001f at most. */
    char *to = arena_take(a, text.len * 6 + 2, 1);
    size_t n = 0;
    to[n++] = '"';
    while (!str_is_empty(text)) {
        uint32_t c = 0;
        size_t length = utf8_decode(text, &c);
        ASSERT(length > 0); /* a schema file is valid UTF-8 */
        str bytes = str_take(&text, length);
        if (is_hidden(c)) {
            n += (size_t)snprintf(to + n, 7, "\\u%04x", (unsigned)c);
            continue;
        }
        if (c == '"' || c == '\\')
            to[n++] = '\\';
        memcpy(to + n, bytes.ptr, bytes.len);
        n += bytes.len;
    }
    to[n++] = '"';
    return (str){to, n};
}

static bool is_identifier(str name) {
    if (str_is_empty(name) || ascii_is_digit(name.ptr[0]))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_' && c != '$')
            return false;
    }
    return true;
}

str typescript_key(arena *a, str name) {
    return is_identifier(name) ? name : typescript_string(a, name);
}

/* --- lines --- */

static void indent(typescript_page *p) {
    for (size_t i = 0; i < p->depth * INDENT; i++)
        buf_append_char(p->out, ' ');
}

static void begin_line(typescript_page *p) {
    if (p->is_fresh)
        buf_append(p->out, STR("{\n"));
    p->is_fresh = false;
    indent(p);
}

static void write_line(typescript_page *p, str text) {
    begin_line(p);
    buf_append(p->out, text);
    buf_append_char(p->out, '\n');
}

static bool fits(const typescript_page *p, str line) {
    return p->depth * INDENT + utf8_count(line) <= WIDTH;
}

/* --- comments --- */

/* Without what would end it. */
static str comment_of(arena *a, str line) {
    str out = {0};
    while (!str_is_empty(line)) {
        size_t end = 0;
        while (end < line.len &&
               !str_starts_with(str_slice(line, end, line.len), STR("*/")))
            end++;
        str part = str_take(&line, end);
        bool is_cut = !str_is_empty(line);
        out = arena_printf(a, "%.*s%.*s%s", STR_ARG(out), STR_ARG(part),
                           is_cut ? "*\\/" : "");
        str_take(&line, is_cut ? 2 : 0);
    }
    return out;
}

void typescript_page_doc(typescript_page *p, str doc) {
    doc = str_trim(comment_of(p->a, doc));
    if (str_is_empty(doc))
        return;
    str short_form = arena_printf(p->a, "/** %.*s */", STR_ARG(doc));
    if (fits(p, short_form) && str_find_char(doc, '\n') == doc.len) {
        write_line(p, short_form);
        return;
    }
    write_line(p, STR("/**"));
    while (!str_is_empty(doc)) {
        str line = str_trim(str_split(&doc, '\n'));
        write_line(p, str_is_empty(line)
                          ? STR(" *")
                          : arena_printf(p->a, " * %.*s", STR_ARG(line)));
    }
    write_line(p, STR(" */"));
}

/* --- objects --- */

static void begin_member(typescript_page *p, str key) {
    begin_line(p);
    buf_append(p->out, key);
    if (!str_is_empty(key))
        buf_append(p->out, STR(": "));
}

void typescript_page_open_of(typescript_page *p, str key, str generic) {
    begin_member(p, key);
    buf_append(p->out, generic);
    p->is_fresh = true;
    p->depth++;
}

void typescript_page_open(typescript_page *p, str key) {
    typescript_page_open_of(p, key, (str){0});
}

void typescript_page_close(typescript_page *p, str suffix) {
    p->depth--;
    if (p->is_fresh) {
        buf_append(p->out, EMPTY);
    } else {
        indent(p);
        buf_append_char(p->out, '}');
    }
    p->is_fresh = false;
    buf_append(p->out, suffix);
    buf_append_char(p->out, '\n');
}

void typescript_page_member(typescript_page *p, str key, str type) {
    write_line(p,
               arena_printf(p->a, "%.*s: %.*s;", STR_ARG(key), STR_ARG(type)));
}

/* --- unions --- */

static str join(arena *a, const str *items, size_t count, const char *between) {
    str all = count > 0 ? items[0] : (str){0};
    for (size_t i = 1; i < count; i++)
        all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), between,
                           STR_ARG(items[i]));
    return all;
}

static str list_of(arena *a, const typescript_union *type) {
    str items = join(a, type->types, type->count, " | ");
    return arena_printf(a, type->count > 1 ? "(%.*s)[]" : "%.*s[]",
                        STR_ARG(items));
}

static void write_options(typescript_page *p, const str *options, size_t count,
                          const char *end) {
    p->depth++;
    for (size_t i = 0; i < count; i++)
        write_line(p, arena_printf(p->a, "| %.*s%s", STR_ARG(options[i]),
                                   i + 1 < count ? "" : end));
    p->depth--;
}

/* Too long for a line: an option on each. */
static void write_broken(typescript_page *p, str key,
                         const typescript_union *type, const str *options,
                         size_t count) {
    bool is_list = type->is_list && count == 1;
    write_line(p,
               arena_printf(p->a, is_list ? "%.*s: (" : "%.*s:", STR_ARG(key)));
    if (is_list)
        write_options(p, type->types, type->count, "");
    else
        write_options(p, options, count, ";");
    if (is_list)
        write_line(p, STR(")[];"));
}

void typescript_page_union(typescript_page *p, str key,
                           const typescript_union *type) {
    str *options = NULL;
    size_t count = 0;
    if (type->is_list)
        ARENA_PUSH(p->a, options, count, list_of(p->a, type));
    for (size_t i = 0; !type->is_list && i < type->count; i++)
        ARENA_PUSH(p->a, options, count, type->types[i]);
    if (type->is_nullable)
        ARENA_PUSH(p->a, options, count, STR("null"));
    str line = arena_printf(p->a, "%.*s: %.*s;", STR_ARG(key),
                            STR_ARG(join(p->a, options, count, " | ")));
    bool is_whole = count == 1 && (!type->is_list || type->count == 1);
    if (is_whole || fits(p, line))
        write_line(p, line);
    else
        write_broken(p, key, type, options, count);
}

/* --- lists --- */

void typescript_page_strings(typescript_page *p, str key, const str *texts,
                             size_t count) {
    str *strings = NULL;
    size_t made = 0;
    for (size_t i = 0; i < count; i++)
        ARENA_PUSH(p->a, strings, made, typescript_string(p->a, texts[i]));
    str line = arena_printf(p->a, "%.*s: [%.*s];", STR_ARG(key),
                            STR_ARG(join(p->a, strings, made, ", ")));
    if (fits(p, line)) {
        write_line(p, line);
        return;
    }
    typescript_page_open_list(p, key, STR("["));
    for (size_t i = 0; i < made; i++)
        typescript_page_item(p,
                             arena_printf(p->a, "%.*s,", STR_ARG(strings[i])));
    typescript_page_close_list(p, STR("];"));
}

void typescript_page_open_list(typescript_page *p, str key, str bracket) {
    typescript_page_item(
        p, arena_printf(p->a, "%.*s: %.*s", STR_ARG(key), STR_ARG(bracket)));
    p->depth++;
}

void typescript_page_item(typescript_page *p, str source) {
    write_line(p, source);
}

void typescript_page_close_list(typescript_page *p, str bracket) {
    p->depth--;
    write_line(p, bracket);
}
