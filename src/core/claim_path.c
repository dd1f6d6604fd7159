#include "core/claim_path.h"

#include "base/ascii.h"

/* Of one place in a list, and more than a token's list has. */
enum { MAX_DIGITS = 6 };

typedef struct step {
    str key; /* as it is written, of a quoted one without the quotes */
    bool is_quoted;
    bool is_index;
    size_t index;
} step;

static bool is_at(str text, char c) {
    return !str_is_empty(text) && text.ptr[0] == c;
}

static void skip(str *rest, size_t count) {
    *rest = str_slice(*rest, count, rest->len);
}

static bool take_index(str *rest, step *out) {
    size_t digits = 0;
    skip(rest, 1);
    while (digits < rest->len && ascii_is_digit(rest->ptr[digits])) {
        out->index = out->index * 10 + (size_t)(rest->ptr[digits] - '0');
        if (++digits > MAX_DIGITS)
            return false;
    }
    skip(rest, digits);
    bool is_closed = digits > 0 && is_at(*rest, ']');
    if (is_closed)
        skip(rest, 1);
    out->is_index = true;
    return is_closed;
}

static bool take_quoted(str *rest, step *out) {
    size_t end = 1;
    while (end < rest->len && rest->ptr[end] != '"')
        end += rest->ptr[end] == '\\' ? 2 : 1;
    if (end >= rest->len)
        return false;
    out->key = str_slice(*rest, 1, end);
    out->is_quoted = true;
    skip(rest, end + 1);
    return true;
}

static bool take_name(str *rest, step *out) {
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '.' && rest->ptr[end] != '[' &&
           rest->ptr[end] != ']' && rest->ptr[end] != '"')
        end++;
    out->key = str_slice(*rest, 0, end);
    skip(rest, end);
    return end > 0;
}

/* The next one; false when there is none that can be read. */
static bool take_step(str *rest, bool is_first, step *out) {
    *out = (step){0};
    if (is_at(*rest, '['))
        return take_index(rest, out);
    if (is_at(*rest, '.'))
        skip(rest, 1);
    else if (!is_first)
        return false;
    return is_at(*rest, '"') ? take_quoted(rest, out) : take_name(rest, out);
}

err *claim_path_check(arena *a, str path) {
    str rest = path;
    step s;
    bool is_good = !str_is_empty(path);
    for (bool is_first = true; is_good && !str_is_empty(rest); is_first = false)
        is_good = take_step(&rest, is_first, &s);
    if (is_good)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_INVALID, "cannot read the path '%.*s'", STR_ARG(path)),
        STR("write it as .role, .app.role, .roles[0] or "
            ".\"https://a.example/role\""));
}

/* Is it the key that was written with backslashes? */
static bool is_quoted_key(str written, str key) {
    size_t at = 0;
    for (size_t i = 0; i < written.len; i++) {
        if (written.ptr[i] == '\\')
            i++;
        if (at == key.len || key.ptr[at++] != written.ptr[i])
            return false;
    }
    return at == key.len;
}

/* As json_find, the last one of that name. */
static const json *find_key(const json *in, const step *s) {
    if (!s->is_quoted)
        return json_find(in, s->key);
    size_t i = in->kind == JSON_OBJECT ? in->count : 0;
    while (i > 0 && !is_quoted_key(s->key, in->keys[i - 1]))
        i--;
    return i > 0 ? &in->items[i - 1] : NULL;
}

static const json *follow(const json *in, const step *s) {
    if (!s->is_index)
        return find_key(in, s);
    bool is_there = in->kind == JSON_ARRAY && s->index < in->count;
    return is_there ? &in->items[s->index] : NULL;
}

const json *claim_path_find(const json *claims, str path) {
    const json *at = claims;
    step s;
    for (bool is_first = true; at != NULL && !str_is_empty(path);
         is_first = false)
        at = take_step(&path, is_first, &s) ? follow(at, &s) : NULL;
    return at;
}
