#include "base/csv.h"

static bool starts_line_end(str rest) {
    return rest.ptr[0] == '\n' ||
           (rest.ptr[0] == '\r' && rest.len > 1 && rest.ptr[1] == '\n');
}

/* Is this where a cell ends? */
static bool is_end(str rest) {
    return str_is_empty(rest) || rest.ptr[0] == ',' || starts_line_end(rest);
}

static bool take_line_end(str *rest) {
    if (str_is_empty(*rest) || !starts_line_end(*rest))
        return false;
    str_take(rest, rest->ptr[0] == '\r' ? 2 : 1);
    return true;
}

static err *refuse(arena *a, const csv_reader *r, const char *why) {
    return err_new(a, ERR_BODY, "line %zu of the CSV: %s", r->line, why);
}

/* Up to the quote that is not one of two, which is left. */
static str take_quoted(csv_reader *r, size_t *pairs) {
    size_t n = 0;
    *pairs = 0;
    for (; n < r->rest.len; n++) {
        r->line += r->rest.ptr[n] == '\n';
        if (r->rest.ptr[n] != '"')
            continue;
        if (n + 1 == r->rest.len || r->rest.ptr[n + 1] != '"')
            break;
        n++;
        ++*pairs;
    }
    return str_take(&r->rest, n);
}

static str without_pairs(arena *a, str text, size_t pairs) {
    if (pairs == 0)
        return text;
    char *to = arena_take(a, text.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        to[len++] = text.ptr[i];
        i += text.ptr[i] == '"';
    }
    return (str){to, len};
}

static err *take_cell(arena *a, csv_reader *r, csv_cell *out) {
    out->is_quoted = !str_is_empty(r->rest) && r->rest.ptr[0] == '"';
    if (out->is_quoted) {
        size_t pairs;
        str_take(&r->rest, 1);
        str text = take_quoted(r, &pairs);
        if (str_is_empty(r->rest))
            return refuse(a, r, "a quote is not closed");
        str_take(&r->rest, 1);
        out->text = without_pairs(a, text, pairs);
        return is_end(r->rest)
                   ? NULL
                   : refuse(a, r, "something follows a closing quote");
    }
    size_t n = 0;
    while (!is_end(str_slice(r->rest, n, r->rest.len))) {
        if (r->rest.ptr[n] == '"')
            return refuse(a, r, "a quote inside of a cell without quotes");
        n++;
    }
    out->text = str_take(&r->rest, n);
    return NULL;
}

err *csv_next(arena *a, csv_reader *r, csv_cell **cells, size_t *count) {
    *cells = NULL;
    *count = 0;
    r->line++;
    while (take_line_end(&r->rest))
        r->line++;
    if (str_is_empty(r->rest))
        return NULL;
    for (;;) {
        csv_cell cell;
        TRY(take_cell(a, r, &cell));
        ARENA_PUSH(a, *cells, *count, cell);
        if (str_is_empty(r->rest) || r->rest.ptr[0] != ',')
            break;
        str_take(&r->rest, 1);
    }
    take_line_end(&r->rest);
    return NULL;
}
