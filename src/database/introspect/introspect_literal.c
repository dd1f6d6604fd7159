#include "database/introspect/introspect_literal.h"

#include "base/ascii.h"

static bool take(str *rest, str prefix) {
    if (rest->len < prefix.len ||
        !str_equal_ignoring_case(str_slice(*rest, 0, prefix.len), prefix))
        return false;
    str_take(rest, prefix.len);
    return true;
}

static void skip_blanks(str *rest) {
    while (rest->len > 0 && ascii_is_blank(rest->ptr[0]))
        str_take(rest, 1);
}

/* Behind the opening quote. has_escapes: of PostgreSQL's E'...', which it
 * prints for texts with a backslash, always doubled. */
static bool take_text(arena *a, str *rest, bool has_escapes, str *out) {
    char *text = arena_take(a, rest->len + 1, 1);
    size_t len = 0;
    while (rest->len > 0) {
        char c = *str_take(rest, 1).ptr;
        bool is_quote = c == '\'';
        bool is_escape = has_escapes && c == '\\';
        if (is_quote && (rest->len == 0 || rest->ptr[0] != '\'')) {
            *out = (str){text, len};
            return true;
        }
        if (is_escape && (rest->len == 0 || rest->ptr[0] != '\\'))
            return false;
        if (is_quote || is_escape)
            str_take(rest, 1);
        text[len++] = c;
    }
    return false;
}

static size_t count_digits(str s, size_t from) {
    size_t n = from;
    while (n < s.len && ascii_is_digit(s.ptr[n]))
        n++;
    return n - from;
}

/* Digits with a sign and a point. What has an exponent is left an expression:
 * the schema language cannot write it. */
static bool take_number(str *rest, str *out) {
    size_t n = rest->len > 0 && rest->ptr[0] == '-' ? 1 : 0;
    size_t digits = count_digits(*rest, n);
    if (digits == 0)
        return false;
    n += digits;
    if (n < rest->len && rest->ptr[n] == '.') {
        size_t behind = count_digits(*rest, n + 1);
        if (behind == 0)
            return false;
        n += 1 + behind;
    }
    *out = str_take(rest, n);
    return true;
}

static size_t quoted_length(str s) {
    size_t end = 1;
    while (end < s.len && s.ptr[end] != s.ptr[0])
        end++;
    return end < s.len ? end + 1 : s.len;
}

/* "::character varying(20)", "::\"Role\"[]": up to a comma or a bracket that
 * belongs to what is around. */
static void skip_casts(str *rest) {
    skip_blanks(rest);
    if (!take(rest, STR("::")))
        return;
    size_t depth = 0;
    while (rest->len > 0) {
        char c = rest->ptr[0];
        bool is_open = c == '(' || c == '[';
        bool is_close = c == ')' || c == ']';
        if (depth == 0 && (is_close || c == ','))
            return;
        if (is_open)
            depth++;
        if (is_close)
            depth--;
        str_take(rest, c == '"' ? quoted_length(*rest) : 1);
    }
}

/* Brackets inside of brackets are few; a limit keeps the stack. */
enum { MAX_DEPTH = 8 };

static bool take_literal(arena *a, str *rest, int depth, literal *out);

static bool take_items(arena *a, str *rest, int depth, literal *out) {
    literal *items = NULL;
    out->kind = LITERAL_LIST;
    skip_blanks(rest);
    while (!take(rest, STR("]"))) {
        literal item = {0};
        if ((out->count > 0 && !take(rest, STR(","))) ||
            !take_literal(a, rest, depth, &item))
            return false;
        ARENA_PUSH(a, items, out->count, item);
        skip_blanks(rest);
    }
    out->items = items;
    return true;
}

static bool take_bracketed(arena *a, str *rest, int depth, literal *out) {
    if (!take_literal(a, rest, depth, out))
        return false;
    skip_blanks(rest);
    return take(rest, STR(")"));
}

static bool take_word(str *rest, literal *out) {
    static const struct {
        str word;
        literal_kind kind;
    } WORDS[] = {
        {STR_INIT("true"), LITERAL_TRUE},
        {STR_INIT("false"), LITERAL_FALSE},
        {STR_INIT("null"), LITERAL_NULL},
    };
    for (size_t i = 0; i < LENGTH(WORDS); i++) {
        if (take(rest, WORDS[i].word)) {
            out->kind = WORDS[i].kind;
            return true;
        }
    }
    return false;
}

static bool take_plain(arena *a, str *rest, int depth, literal *out) {
    if (take(rest, STR("'")))
        return take_text(a, rest, false, &out->text);
    if (take(rest, STR("E'")))
        return take_text(a, rest, true, &out->text);
    if (take(rest, STR("X'"))) {
        out->kind = LITERAL_BYTES;
        return take_text(a, rest, false, &out->text);
    }
    if (take(rest, STR("ARRAY[")))
        return take_items(a, rest, depth, out);
    if (take(rest, STR("(")))
        return take_bracketed(a, rest, depth, out);
    if (take_word(rest, out))
        return true;
    out->kind = LITERAL_NUMBER;
    return take_number(rest, &out->text);
}

static bool take_literal(arena *a, str *rest, int depth, literal *out) {
    if (depth == MAX_DEPTH)
        return false;
    skip_blanks(rest);
    if (!take_plain(a, rest, depth + 1, out))
        return false;
    skip_casts(rest);
    return true;
}

bool literal_read(arena *a, str sql, literal *out) {
    *out = (literal){.kind = LITERAL_TEXT};
    str rest = sql;
    if (!take_literal(a, &rest, 0, out))
        return false;
    skip_blanks(&rest);
    return str_is_empty(rest);
}
