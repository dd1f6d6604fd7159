#include "api/rest/scan.h"

#include "base/ascii.h"
#include "base/utf8.h"

bool scan_take_word(scan *s, str word) {
    if (!str_starts_with(scan_rest(s), word))
        return false;
    s->at += word.len;
    return true;
}

void scan_skip_blanks(scan *s) {
    while (scan_peek(s) == ' ' || scan_peek(s) == '\t')
        s->at++;
}

str scan_take_until(scan *s, const char *stops) {
    size_t from = s->at;
    while (!scan_is_at_end(s) && strchr(stops, scan_peek(s)) == NULL)
        s->at++;
    return str_slice(s->text, from, s->at);
}

static bool is_name_char(const scan *s) {
    char c = scan_peek(s);
    if (c == '-')
        return s->at + 1 == s->text.len || s->text.ptr[s->at + 1] != '>';
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '$' ||
           c == ' ' || (unsigned char)c >= 0x80;
}

err *scan_name(arena *a, scan *s, str *out) {
    scan_skip_blanks(s);
    if (scan_peek(s) == '"') {
        TRY(scan_quoted(a, s, false, out));
        scan_skip_blanks(s);
        return NULL;
    }
    size_t from = s->at;
    while (!scan_is_at_end(s) && is_name_char(s))
        s->at++;
    *out = str_trim(str_slice(s->text, from, s->at));
    return str_is_empty(*out) ? scan_fail(a, s, "a column name") : NULL;
}

static bool closes(const scan *s, bool is_in_list) {
    size_t next = s->at + 1;
    return !is_in_list || next == s->text.len || s->text.ptr[next] == ',' ||
           s->text.ptr[next] == ')';
}

err *scan_quoted(arena *a, scan *s, bool is_in_list, str *out) {
    size_t opening = s->at++;
    char *to = arena_take(a, s->text.len - opening, 1);
    size_t len = 0;
    for (; !scan_is_at_end(s); s->at++) {
        char c = scan_peek(s);
        if (c == '"' && closes(s, is_in_list)) {
            s->at++;
            *out = (str){to, len};
            return NULL;
        }
        if (c == '\\' && s->at + 1 < s->text.len)
            c = s->text.ptr[++s->at];
        to[len++] = c;
    }
    return scan_fail(a, s, "the closing quote");
}

/* What stands at a place, as a person would name it. */
static str describe(arena *a, const scan *s, size_t at) {
    if (at >= s->text.len)
        return STR("end of input");
    uint32_t code_point;
    size_t len = utf8_decode(str_slice(s->text, at, s->text.len), &code_point);
    return arena_printf(a, "\"%.*s\"", (int)len, s->text.ptr + at);
}

err *scan_fail_at(arena *a, const scan *s, size_t at, const char *expected) {
    size_t column = utf8_count(str_slice(s->text, 0, at)) + 1;
    err *e = err_new(a, ERR_QUERY_SYNTAX,
                     "\"failed to parse %s (%.*s)\" (line 1, column %zu)",
                     s->what, STR_ARG(s->text), column);
    str found = describe(a, s, at);
    return err_with_details(e, arena_printf(a, "unexpected %.*s expecting %s",
                                            STR_ARG(found), expected));
}

err *scan_fail(arena *a, const scan *s, const char *expected) {
    return scan_fail_at(a, s, s->at, expected);
}
