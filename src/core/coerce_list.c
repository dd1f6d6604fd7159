#include "core/coerce_list.h"

#include "base/ascii.h"
#include "base/hex.h"
#include "database/recording.h"

/* What one element is, to the functions that know single values. */
static field element_of(const field *f) {
    field element = *f;
    element.is_list = false;
    return element;
}

static void write_text(buf *out, const field *f, str text) {
    bool is_json = f->kind == FIELD_SCALAR &&
                   (f->scalar == SCALAR_JSON || f->scalar == SCALAR_DECIMAL);
    if (is_json)
        buf_append(out, text);
    else
        json_write_string(out, text);
}

static void write_element(buf *out, const field *f, const value *v) {
    buf_append(out, out->len > 1 ? STR(",") : STR(""));
    switch (v->kind) {
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("true") : STR("false"));
        return;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        return;
    case VALUE_FLOAT:
        json_write_double(out, v->real);
        return;
    case VALUE_TEXT:
        write_text(out, f, v->text);
        return;
    case VALUE_BYTES:
        buf_append(out, STR("\"\\\\x"));
        hex_encode(out, v->text);
        buf_append_char(out, '"');
        return;
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        break;
    }
}

static err *refuse_null(arena *a, const field *f) {
    return err_new(a, ERR_VALUE_SYNTAX,
                   "column \"%.*s\" is a list without nulls",
                   STR_ARG(f->column));
}

static err *finish(arena *a, const field *f, buf *list, value *out) {
    buf_append_char(list, ']');
    if (list->is_overflown)
        return err_new(a, ERR_TOO_LARGE,
                       "the list for column \"%.*s\" is too large",
                       STR_ARG(f->column));
    *out = (value){.kind = VALUE_TEXT, .text = arena_copy(a, buf_str(list))};
    return NULL;
}

err *coerce_list_json(arena *a, const field *f, const json *j, value *out) {
    if (j->kind != JSON_ARRAY) {
        str type = coerce_type_name(f);
        return err_with_hint(
            err_new(a, ERR_VALUE_TYPE,
                    "column \"%.*s\" is of type %.*s but the value is no array",
                    STR_ARG(f->column), STR_ARG(type)),
            STR("write a JSON array, such as [\"a\", \"b\"]"));
    }
    const field element = element_of(f);
    CLEANUP(buf_free) buf list = buf_new(COERCE_LIST_MAX);
    buf_append_char(&list, '[');
    for (uint32_t i = 0; i < j->count; i++) {
        value v = {0};
        TRY(coerce_json(a, &element, &j->items[i], &v));
        if (v.kind == VALUE_NULL)
            return refuse_null(a, f);
        write_element(&list, f, &v);
    }
    return finish(a, f, &list, out);
}

/* ---- {a,"b, c"} --------------------------------------------------------- */

static err *refuse_literal(arena *a, const field *f, str literal) {
    str shown = f->is_redacted ? STR(RECORDING_REDACTED) : literal;
    return err_with_hint(
        err_new(a, ERR_VALUE_SYNTAX, "malformed array literal: \"%.*s\"",
                STR_ARG(shown)),
        STR("a list is written {a,b}; an element with a comma, a brace, a quote"
            " or a backslash in double quotes"));
}

static char peek(str rest) {
    return rest.len > 0 ? rest.ptr[0] : '\0';
}

static void skip_blanks(str *rest) {
    while (rest->len > 0 && ascii_is_blank(rest->ptr[0]))
        str_take(rest, 1);
}

/* What one element takes must not depend on how much follows it. */
static size_t find_quote(str rest) {
    size_t at = 0;
    while (at < rest.len && rest.ptr[at] != '"')
        at += rest.ptr[at] == '\\' && at + 1 < rest.len ? 2 : 1;
    return at;
}

/* The opening quote is taken. False if there is no closing one. */
static bool take_quoted(arena *a, str *rest, str *out) {
    char *text = arena_take(a, find_quote(*rest) + 1, 1);
    size_t len = 0;
    while (rest->len > 0) {
        char c = str_take(rest, 1).ptr[0];
        if (c == '"') {
            *out = (str){text, len};
            return true;
        }
        if (c == '\\' && rest->len > 0)
            c = str_take(rest, 1).ptr[0];
        text[len++] = c;
    }
    return false;
}

static bool is_plain(char c) {
    str marks = STR(",{}\"\\");
    return str_find_char(marks, c) == marks.len;
}

static bool take_plain(str *rest, str *out) {
    size_t n = 0;
    while (n < rest->len && is_plain(rest->ptr[n]))
        n++;
    *out = str_trim(str_take(rest, n));
    return out->len > 0;
}

/* An element, and whether it is the word NULL. */
static bool take_element(arena *a, str *rest, str *out, bool *is_null) {
    skip_blanks(rest);
    bool is_quoted = peek(*rest) == '"';
    if (is_quoted)
        str_take(rest, 1);
    bool is_taken =
        is_quoted ? take_quoted(a, rest, out) : take_plain(rest, out);
    skip_blanks(rest);
    *is_null = !is_quoted && str_equal_ignoring_case(*out, STR("null"));
    return is_taken;
}

static bool take(str *rest, char c) {
    if (peek(*rest) != c)
        return false;
    str_take(rest, 1);
    return true;
}

/* A literal while its elements are read. */
typedef struct literal_reader {
    const field *f;
    field element;
    str literal;
    str rest;
} literal_reader;

/* The next element, or in *is_end that the brace closed. The opening one, or
 * nothing yet, is taken. */
static err *read_element(arena *a, literal_reader *r, value *out,
                         bool *is_end) {
    bool is_first = r->rest.len == r->literal.len;
    str text = {0};
    bool is_null = false;
    if (is_first && !take(&r->rest, '{'))
        return refuse_literal(a, r->f, r->literal);
    skip_blanks(&r->rest);
    *is_end = take(&r->rest, '}');
    if (*is_end)
        return r->rest.len == 0 ? NULL : refuse_literal(a, r->f, r->literal);
    if ((!is_first && !take(&r->rest, ',')) ||
        !take_element(a, &r->rest, &text, &is_null))
        return refuse_literal(a, r->f, r->literal);
    return is_null ? refuse_null(a, r->f)
                   : coerce_text(a, &r->element, text, out);
}

static literal_reader read_literal(const field *f, str literal) {
    str trimmed = str_trim(literal);
    return (literal_reader){f, element_of(f), trimmed, trimmed};
}

err *coerce_list_elements(arena *a, const field *f, str literal, value **out,
                          size_t *count) {
    literal_reader r = read_literal(f, literal);
    value *values = NULL;
    *count = 0;
    for (;;) {
        value v = {0};
        bool is_end = false;
        TRY(read_element(a, &r, &v, &is_end));
        *out = values;
        if (is_end)
            return NULL;
        ARENA_PUSH(a, values, *count, v);
    }
}

err *coerce_list_text(arena *a, const field *f, str literal, value *out) {
    CLEANUP(buf_free) buf list = buf_new(COERCE_LIST_MAX);
    literal_reader r = read_literal(f, literal);
    buf_append_char(&list, '[');
    for (;;) {
        value v = {0};
        bool is_end = false;
        TRY(read_element(a, &r, &v, &is_end));
        if (is_end)
            return finish(a, f, &list, out);
        write_element(&list, f, &v);
    }
}
