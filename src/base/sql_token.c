#include "base/sql_token.h"

#include "base/ascii.h"

static bool is_word_start(char c) {
    return ascii_is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word_part(char c) {
    return is_word_start(c) || ascii_is_digit(c) || c == '$';
}

static char at(str s, size_t i) {
    return i < s.len ? s.ptr[i] : '\0';
}

static size_t find(str s, size_t from, str what) {
    const char *found =
        from < s.len ? memmem(s.ptr + from, s.len - from, what.ptr, what.len)
                     : NULL;
    return found != NULL ? (size_t)(found - s.ptr) : s.len;
}

static size_t past(str s, size_t at_end, size_t length) {
    return at_end < s.len ? at_end + length : s.len;
}

static size_t blank_length(str s) {
    size_t n = 0;
    for (;;) {
        if (n < s.len && ascii_is_space(s.ptr[n]))
            n++;
        else if (at(s, n) == '-' && at(s, n + 1) == '-')
            n = find(s, n, STR("\n"));
        else if (at(s, n) == '/' && at(s, n + 1) == '*')
            n = past(s, find(s, n + 2, STR("*/")), 2);
        else
            return n;
    }
}

/* From the quote at `from` past its end. Doubled quotes are inside; with
 * backslashes, what follows one is, too. */
static size_t quoted_end(str s, size_t from, bool has_backslashes) {
    char quote = s.ptr[from];
    for (size_t i = from + 1; i < s.len; i++) {
        bool is_escape = has_backslashes && s.ptr[i] == '\\';
        bool is_quote = !is_escape && s.ptr[i] == quote;
        if (is_escape || (is_quote && at(s, i + 1) == quote))
            i++;
        else if (is_quote)
            return i + 1;
    }
    return s.len;
}

/* $tag$ ... $tag$; 0 if it is none. */
static size_t dollar_length(str s) {
    size_t n = 1;
    while (n < s.len && s.ptr[n] != '$' && is_word_part(s.ptr[n]))
        n++;
    if (at(s, n) != '$')
        return 0;
    str tag = str_slice(s, 0, n + 1);
    return past(s, find(s, tag.len, tag), tag.len);
}

static size_t number_length(str s) {
    size_t n = 0;
    while (ascii_is_digit(at(s, n)) || at(s, n) == '.')
        n++;
    if (at(s, n) != 'e' && at(s, n) != 'E')
        return n;
    size_t digits = n + 1;
    if (at(s, digits) == '+' || at(s, digits) == '-')
        digits++;
    if (!ascii_is_digit(at(s, digits)))
        return n;
    while (ascii_is_digit(at(s, digits)))
        digits++;
    return digits;
}

static size_t word_length(str s) {
    size_t n = 0;
    while (n < s.len && is_word_part(s.ptr[n]))
        n++;
    return n;
}

static size_t token_length(str s, sql_token_kind *kind) {
    char c = s.ptr[0];
    if (c == '"' || c == '`') {
        *kind = SQL_QUOTED;
        return quoted_end(s, 0, false);
    }
    *kind = SQL_TEXT;
    if (c == '\'')
        return quoted_end(s, 0, false);
    if (ascii_is_letter(c) && at(s, 1) == '\'')
        return quoted_end(s, 1, c == 'e' || c == 'E');
    size_t dollar = c == '$' ? dollar_length(s) : 0;
    if (dollar > 0)
        return dollar;
    *kind = SQL_NUMBER;
    if (ascii_is_digit(c) || (c == '.' && ascii_is_digit(at(s, 1))))
        return number_length(s);
    *kind = SQL_WORD;
    if (is_word_start(c))
        return word_length(s);
    *kind = SQL_SIGN;
    return c == ':' && at(s, 1) == ':' ? 2 : 1;
}

bool sql_token_next(str *rest, sql_token *out) {
    str_take(rest, blank_length(*rest));
    if (str_is_empty(*rest))
        return false;
    size_t length = token_length(*rest, &out->kind);
    out->text = str_take(rest, length);
    return true;
}

bool sql_token_is_word(sql_token t, str word) {
    return t.kind == SQL_WORD && str_equal_ignoring_case(t.text, word);
}

bool sql_token_is_sign(sql_token t, char sign) {
    return t.kind == SQL_SIGN && t.text.len == 1 && t.text.ptr[0] == sign;
}

/* What stands between the quotes, doubled ones single. */
static str unquoted(arena *a, str text) {
    char quote = text.ptr[0];
    size_t end = text.len;
    if (end > 1 && text.ptr[end - 1] == quote)
        end--;
    char *out = arena_take(a, text.len, 1);
    size_t len = 0;
    for (size_t i = 1; i < end; i++) {
        if (text.ptr[i] == quote && i + 1 < end)
            i++;
        out[len++] = text.ptr[i];
    }
    return (str){out, len};
}

str sql_token_name(arena *a, sql_token t) {
    return t.kind == SQL_QUOTED ? unquoted(a, t.text) : t.text;
}

str sql_token_content(arena *a, sql_token t) {
    return t.kind == SQL_TEXT && t.text.ptr[0] == '\'' ? unquoted(a, t.text)
                                                       : t.text;
}
