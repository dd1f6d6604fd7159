#include "generate/json_pattern.h"

#include "base/ascii.h"

typedef struct reader {
    str rest;
    bool is_in_class;
    bool has_atom;      /* what a quantifier could repeat */
    bool is_behind_set; /* in a class, \\d and its kin: no range begins there */
} reader;

static const str SETS = STR_INIT("dDwWsS");

static bool is_set(char c) {
    return str_find_char(SETS, c) < SETS.len;
}

static bool starts(const reader *r, str text) {
    return str_starts_with(r->rest, text);
}

/* The escapes that both have: classes, white space, and the characters that
 * mean something without the backslash. */
static bool take_escape(reader *r) {
    static const str SHARED = STR_INIT("dDwWsSntrf^$\\.*+?()[]{}|/");
    str_take(&r->rest, 1);
    if (str_is_empty(r->rest))
        return false;
    char c = r->rest.ptr[0];
    bool is_shared = str_find_char(SHARED, c) < SHARED.len ||
                     (c == '-' && r->is_in_class) ||
                     ((c == 'b' || c == 'B') && !r->is_in_class);
    str_take(&r->rest, 1);
    r->has_atom = c != 'b' && c != 'B';
    r->is_behind_set = is_set(c);
    return is_shared;
}

/* "(", "(?:" and the two that look ahead. */
static bool take_group(reader *r) {
    static const str KINDS[] = {STR_INIT("?:"), STR_INIT("?="), STR_INIT("?!")};
    str_take(&r->rest, 1);
    r->has_atom = false;
    if (!starts(r, STR("?")) && !starts(r, STR("*")))
        return true;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (starts(r, KINDS[i])) {
            str_take(&r->rest, KINDS[i].len);
            return true;
        }
    }
    return false;
}

static void skip_digits(str *text) {
    while (!str_is_empty(*text) && ascii_is_digit(text->ptr[0]))
        str_take(text, 1);
}

/* {2} {2,} {2,5} */
static bool take_braces(reader *r) {
    str_take(&r->rest, 1);
    if (str_is_empty(r->rest) || !ascii_is_digit(r->rest.ptr[0]))
        return false;
    skip_digits(&r->rest);
    if (starts(r, STR(","))) {
        str_take(&r->rest, 1);
        skip_digits(&r->rest);
    }
    if (!starts(r, STR("}")))
        return false;
    str_take(&r->rest, 1);
    return true;
}

/* Once, and perhaps lazy; a second '+' is possessive. */
static bool take_quantifier(reader *r) {
    bool is_read = r->has_atom;
    if (starts(r, STR("{")))
        is_read = take_braces(r) && is_read;
    else
        str_take(&r->rest, 1);
    if (starts(r, STR("?")))
        str_take(&r->rest, 1);
    r->has_atom = false;
    return is_read;
}

/* "[" or "[^". One that begins with "]" is empty there and not here. */
static bool open_class(reader *r) {
    str_take(&r->rest, 1);
    if (starts(r, STR("^")))
        str_take(&r->rest, 1);
    r->is_in_class = true;
    r->is_behind_set = false;
    return !starts(r, STR("]"));
}

/* "[\\w-.]" is a range without a beginning. */
static bool is_half_range(const reader *r) {
    str rest = r->rest;
    bool ends_in_set =
        rest.len > 1 && rest.ptr[0] == '\\' && is_set(rest.ptr[1]);
    return (r->is_behind_set && !starts(r, STR("]"))) || ends_in_set;
}

static bool take_in_class(reader *r) {
    char c = r->rest.ptr[0];
    if (c == '\\')
        return take_escape(r);
    str_take(&r->rest, 1);
    if (c == '-' && is_half_range(r))
        return false;
    r->is_behind_set = false;
    if (c == ']') {
        r->is_in_class = false;
        r->has_atom = true;
    }
    return c != '['; /* [[:alpha:]] */
}

static bool take_one(reader *r) {
    char c = r->rest.ptr[0];
    if (r->is_in_class)
        return take_in_class(r);
    switch (c) {
    case '\\':
        return take_escape(r);
    case '(':
        return take_group(r);
    case '[':
        return open_class(r);
    case '*':
    case '+':
    case '?':
    case '{':
        return take_quantifier(r);
    case ']':
    case '}':
        return false;
    default:
        str_take(&r->rest, 1);
        r->has_atom = c != '^' && c != '$' && c != '|';
        return true;
    }
}

bool json_pattern_is_shared(str pattern) {
    reader r = {.rest = pattern};
    while (!str_is_empty(r.rest)) {
        if (!take_one(&r))
            return false;
    }
    return !r.is_in_class;
}
