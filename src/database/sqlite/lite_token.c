#include "database/sqlite/lite_token.h"

#include "base/ascii.h"

static bool is_word_byte(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_blank(char c) {
    return ascii_is_blank(c) || c == '\f';
}

/* Up to and with the line's or the comment's end. */
static size_t comment_length(str s) {
    if (str_starts_with(s, STR("--"))) {
        size_t n = str_find_char(s, '\n');
        return n < s.len ? n + 1 : n;
    }
    if (!str_starts_with(s, STR("/*")))
        return 0;
    const char *end = s.len > 2 ? memmem(s.ptr + 2, s.len - 2, "*/", 2) : NULL;
    return end != NULL ? (size_t)(end - s.ptr) + 2 : s.len;
}

static void skip_blanks(str *rest) {
    for (;;) {
        size_t n = 0;
        while (n < rest->len && is_blank(rest->ptr[n]))
            n++;
        if (n == 0)
            n = comment_length(*rest);
        if (n == 0)
            return;
        str_take(rest, n);
    }
}

/* A quote is doubled to stand for itself; ']' is not. */
static size_t quoted_length(str s, char end) {
    size_t n = 1;
    while (n < s.len) {
        if (s.ptr[n++] != end)
            continue;
        if (end == ']' || n == s.len || s.ptr[n] != end)
            return n;
        n++;
    }
    return s.len;
}

lite_token lite_token_take(str *rest) {
    skip_blanks(rest);
    if (str_is_empty(*rest))
        return (lite_token){LITE_TOKEN_END, *rest};
    char first = rest->ptr[0];
    if (first == '"' || first == '`')
        return (lite_token){LITE_TOKEN_QUOTED,
                            str_take(rest, quoted_length(*rest, first))};
    if (first == '[')
        return (lite_token){LITE_TOKEN_QUOTED,
                            str_take(rest, quoted_length(*rest, ']'))};
    if (first == '\'')
        return (lite_token){LITE_TOKEN_TEXT,
                            str_take(rest, quoted_length(*rest, first))};
    size_t n = 0;
    while (n < rest->len && is_word_byte(rest->ptr[n]))
        n++;
    if (n > 0)
        return (lite_token){LITE_TOKEN_WORD, str_take(rest, n)};
    return (lite_token){LITE_TOKEN_MARK, str_take(rest, 1)};
}

lite_token lite_token_peek(str rest) {
    return lite_token_take(&rest);
}

bool lite_token_is_mark(lite_token t, char mark) {
    return t.kind == LITE_TOKEN_MARK && t.text.ptr[0] == mark;
}

bool lite_token_is_word(lite_token t, str word) {
    return t.kind == LITE_TOKEN_WORD && str_equal_ignoring_case(t.text, word);
}

str lite_token_name(arena *a, lite_token t) {
    if (t.kind != LITE_TOKEN_QUOTED && t.kind != LITE_TOKEN_TEXT)
        return t.text;
    char end = t.text.ptr[0] == '[' ? ']' : t.text.ptr[0];
    str inner = str_slice(t.text, 1, t.text.len);
    if (str_ends_with(inner, (str){&end, 1}))
        inner.len--;
    if (end == ']' || str_find_char(inner, end) == inner.len)
        return inner;
    char *name = arena_take(a, inner.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++) {
        name[len++] = inner.ptr[i];
        if (inner.ptr[i] == end)
            i++;
    }
    return (str){name, len};
}
