#include "api/rest/rest_path.h"

#include "base/ascii.h"

/* An index ends where the path or the column does: `0th` is a key. */
static bool ends_index(str rest) {
    return str_is_empty(rest) || rest.ptr[0] == '.' || rest.ptr[0] == ',' ||
           rest.ptr[0] == ')' || str_starts_with(rest, STR("->")) ||
           str_starts_with(rest, STR("::"));
}

static bool take_index(scan *s, int64_t *out) {
    str rest = scan_rest(s);
    size_t len = str_starts_with(rest, STR("-")) ? 1 : 0;
    while (len < rest.len && ascii_is_digit(rest.ptr[len]))
        len++;
    if (!str_parse_int64(str_slice(rest, 0, len), out) ||
        !ends_index(str_slice(rest, len, rest.len)))
        return false;
    s->at += len;
    return true;
}

static bool is_key_char(const scan *s) {
    char c = scan_peek(s);
    if (c == '-')
        return !str_starts_with(scan_rest(s), STR("->"));
    return strchr("(:.,>)", c) == NULL;
}

static err *take_step(arena *a, scan *s, json_step *out) {
    *out = (json_step){0};
    scan_skip_blanks(s);
    if (take_index(s, &out->index)) {
        out->is_index = true;
        return NULL;
    }
    if (scan_peek(s) == '"')
        return scan_quoted(a, s, false, &out->key);
    size_t from = s->at;
    while (!scan_is_at_end(s) && is_key_char(s))
        s->at++;
    out->key = str_trim(str_slice(s->text, from, s->at));
    return str_is_empty(out->key) ? scan_fail(a, s, "a key or an index") : NULL;
}

err *rest_path_take_arrows(arena *a, scan *s, rest_path *out) {
    json_step *steps = NULL;
    while (!out->is_text && scan_take_word(s, STR("->"))) {
        json_step step;
        out->is_text = scan_take(s, '>');
        TRY(take_step(a, s, &step));
        if (out->step_count == PATH_MAX_STEPS)
            return err_new(a, ERR_QUERY_SYNTAX,
                           "a JSON path has more than %d arrows",
                           PATH_MAX_STEPS);
        ARENA_PUSH(a, steps, out->step_count, step);
        scan_skip_blanks(s);
    }
    out->steps = steps;
    return NULL;
}

err *rest_path_take(arena *a, scan *s, rest_path *out) {
    *out = (rest_path){0};
    TRY(scan_name(a, s, &out->column));
    return rest_path_take_arrows(a, s, out);
}

str rest_path_name(const rest_path *p) {
    for (size_t i = p->step_count; i > 0; i--) {
        if (!p->steps[i - 1].is_index)
            return p->steps[i - 1].key;
    }
    return p->column;
}
