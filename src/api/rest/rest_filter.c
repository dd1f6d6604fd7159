#include "api/rest/rest_filter.h"

#include "api/rest/operator.h"
#include "api/rest/rest_names.h"
#include "api/rest/scan.h"
#include "base/assert.h"
#include "core/coerce.h"

/* A filter at the top of the query string runs to the end of its parameter; in
 * a logic tree a comma or a parenthesis ends it. */
typedef struct value_style {
    bool is_nested;
} value_style;

static err *make_condition(arena *a, filter_reader *r, filter f, filter **out) {
    if (++r->condition_count > FILTER_MAX_CONDITIONS)
        return err_new(a, ERR_QUERY_SYNTAX, "more than %d filter conditions",
                       FILTER_MAX_CONDITIONS);
    *out = arena_take(a, sizeof **out, _Alignof(filter));
    **out = f;
    return NULL;
}

/* A list with its braces, inside of which commas and parentheses are its own.
 * Whether it ends properly its reader will see. */
static str take_braces(scan *s) {
    size_t from = s->at;
    bool is_quoted = false;
    for (char c = '\0'; !scan_is_at_end(s) && (c != '}' || is_quoted);) {
        c = scan_peek(s);
        s->at++;
        if (c == '\\' && !scan_is_at_end(s))
            s->at++;
        else if (c == '"')
            is_quoted = !is_quoted;
    }
    return str_slice(s->text, from, s->at);
}

static err *take_scalar(arena *a, scan *s, value_style style, str *out) {
    if (!style.is_nested) {
        *out = scan_rest(s);
        s->at = s->text.len;
        return NULL;
    }
    scan_skip_blanks(s);
    if (scan_peek(s) == '"')
        return scan_quoted(a, s, true, out);
    *out = scan_peek(s) == '{' ? take_braces(s)
                               : str_trim(scan_take_until(s, ",)"));
    return NULL;
}

/* '*' stands for '%', which a URL would have to escape. */
static str pattern_of(arena *a, str text) {
    if (str_find_char(text, '*') == text.len)
        return text;
    char *to = arena_take(a, text.len, 1);
    for (size_t i = 0; i < text.len; i++)
        to[i] = text.ptr[i] == '*' ? '%' : text.ptr[i];
    return (str){to, text.len};
}

static bool is_closed_quote(const scan *s) {
    char c = scan_peek(s);
    return c == ',' || c == ')';
}

/* A quoted element, or, when nothing ends it properly, plain characters that
 * begin with a quote. */
static err *take_element(arena *a, scan *s, str *out) {
    scan before = *s;
    if (scan_peek(s) == '"') {
        err *e = scan_quoted(a, s, true, out);
        if (e == NULL && is_closed_quote(s))
            return NULL;
        *s = before;
    }
    *out = scan_take_until(s, ",)");
    return NULL;
}

static err *take_list(arena *a, filter_reader *r, scan *s, const field *f,
                      filter *out) {
    value *values = NULL;
    size_t count = 0;
    if (!scan_take(s, '('))
        return scan_fail(a, s, "\"(\"");
    if (scan_take(s, ')'))
        return NULL;
    do {
        str text;
        value v;
        TRY(take_element(a, s, &text));
        TRY(coerce_text(a, f, text, &v));
        if (++r->value_count > FILTER_MAX_VALUES)
            return err_new(a, ERR_QUERY_SYNTAX,
                           "more than %d values in the lists of the filters",
                           FILTER_MAX_VALUES);
        ARENA_PUSH(a, values, count, v);
    } while (scan_take(s, ','));
    if (!scan_take(s, ')'))
        return scan_fail(a, s, "\",\" or \")\"");
    out->values = values;
    out->value_count = count;
    return NULL;
}

static err *take_is(arena *a, scan *s, value_style style, const field *f,
                    filter *out) {
    static const struct {
        str name;
        is_what what;
        bool is_negated;
    } WORDS[] = {
        {STR_INIT("null"), IS_NULL, false},
        {STR_INIT("not_null"), IS_NULL, true},
        {STR_INIT("true"), IS_TRUE, false},
        {STR_INIT("false"), IS_FALSE, false},
        {STR_INIT("unknown"), IS_UNKNOWN, false},
    };
    size_t from = s->at;
    str word;
    TRY(take_scalar(a, s, style, &word));
    word = str_trim(word);
    size_t i = 0;
    while (i < LENGTH(WORDS) && !str_equal_ignoring_case(word, WORDS[i].name))
        i++;
    if (i == LENGTH(WORDS))
        return scan_fail_at(a, s, from, "null, not_null, true, false, unknown");
    if (WORDS[i].what != IS_NULL && f->scalar != SCALAR_BOOLEAN) {
        str type = coerce_type_name(f);
        return err_new(a, ERR_VALUE_TYPE,
                       "argument of IS %.*s must be type boolean, not type "
                       "%.*s",
                       STR_ARG(WORDS[i].name), STR_ARG(type));
    }
    out->what = WORDS[i].what;
    out->is_negated ^= WORDS[i].is_negated;
    return NULL;
}

/* x IS DISTINCT FROM v, for a v that is not null: x <> v OR x IS NULL. */
static err *make_distinct(arena *a, filter_reader *r, const field *f, value v,
                          filter *out) {
    filter **both = arena_new_array(a, filter *, 2);
    filter differs = {
        .kind = FILTER_COMPARE, .field = f, .op = COMPARE_NEQ, .value = v};
    filter is_null = {.kind = FILTER_IS, .field = f, .what = IS_NULL};
    TRY(make_condition(a, r, differs, &both[0]));
    TRY(make_condition(a, r, is_null, &both[1]));
    out->kind = FILTER_ANY;
    out->field = NULL;
    out->children = (const filter *const *)both;
    out->child_count = 2;
    return NULL;
}

/* Behind `operator.`: reads the value into *out. */
static err *take_operand(arena *a, filter_reader *r, scan *s, value_style style,
                         const operator_row *op, const field *f, filter *out) {
    str text;
    value v;
    switch (op->kind) {
    case OPERATOR_COMPARE:
        out->kind = FILTER_COMPARE;
        out->op = op->compare;
        TRY(take_scalar(a, s, style, &text));
        return coerce_text(a, f, text, &out->value);
    case OPERATOR_LIKE:
        out->kind = FILTER_LIKE;
        out->is_case_sensitive = op->is_case_sensitive;
        TRY(take_scalar(a, s, style, &text));
        return coerce_text(a, f, pattern_of(a, text), &out->value);
    case OPERATOR_IN:
        out->kind = FILTER_IN;
        return take_list(a, r, s, f, out);
    case OPERATOR_IS:
        out->kind = FILTER_IS;
        return take_is(a, s, style, f, out);
    case OPERATOR_DISTINCT:
        TRY(take_scalar(a, s, style, &text));
        TRY(coerce_text(a, f, text, &v));
        return make_distinct(a, r, f, v, out);
    case OPERATOR_LIST:
        out->kind = FILTER_LIST;
        out->list = op->list;
        TRY(take_scalar(a, s, style, &text));
        return coerce_text(a, f, text, &out->value);
    case OPERATOR_ABSENT:
        break;
    }
    PANIC("operator_take refuses absent operators");
}

static err *take_condition(arena *a, filter_reader *r, scan *s,
                           value_style style, const field *f, filter **out) {
    filter made = {.field = f};
    const operator_row *op;
    TRY(operator_take(a, s, &made.is_negated, &op));
    TRY(operator_check_type(a, op, f));
    TRY(take_operand(a, r, s, style, op, f, &made));
    return make_condition(a, r, made, out);
}

err *rest_filter_parse(arena *a, filter_reader *r, const field *f, str text,
                       const filter **out) {
    scan s = {.text = text, .what = "filter"};
    filter *made = NULL;
    TRY(take_condition(a, r, &s, (value_style){false}, f, &made));
    if (!scan_is_at_end(&s))
        return scan_fail(a, &s, "end of input");
    *out = made;
    return NULL;
}

/* --- logic trees --- */

static err *take_group(arena *a, filter_reader *r, scan *s, int depth,
                       filter *group);

/* `and(`, `not.or(` and so on, without the parenthesis. A column may be named
 * `and` too: then a dot follows. */
static bool take_group_word(scan *s, filter *out) {
    scan before = *s;
    *out = (filter){.is_negated = scan_take_word(s, STR("not."))};
    bool is_all = scan_take_word(s, STR("and"));
    bool is_any = !is_all && scan_take_word(s, STR("or"));
    scan_skip_blanks(s);
    out->kind = is_all ? FILTER_ALL : FILTER_ANY;
    if ((is_all || is_any) && scan_peek(s) == '(')
        return true;
    *s = before;
    return false;
}

static err *take_member(arena *a, filter_reader *r, scan *s, int depth,
                        filter **out) {
    filter group;
    scan_skip_blanks(s);
    if (take_group_word(s, &group)) {
        TRY(take_group(a, r, s, depth + 1, &group));
        return make_condition(a, r, group, out);
    }
    str name;
    const field *f;
    TRY(scan_name(a, s, &name));
    if (scan_peek(s) == '-')
        return err_new(a, ERR_UNSUPPORTED,
                       "JSON paths (%.*s->...) are not supported yet",
                       STR_ARG(name));
    if (!scan_take(s, '.'))
        return scan_fail(a, s, "\".\"");
    TRY(rest_names_column(a, r->schema, r->model, name, &f));
    return take_condition(a, r, s, (value_style){true}, f, out);
}

static err *take_group(arena *a, filter_reader *r, scan *s, int depth,
                       filter *group) {
    if (depth > FILTER_MAX_DEPTH)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "and/or are nested more than %d deep", FILTER_MAX_DEPTH);
    const filter **children = NULL;
    if (!scan_take(s, '('))
        return scan_fail(a, s, "\"(\"");
    do {
        filter *child = NULL;
        TRY(take_member(a, r, s, depth, &child));
        ARENA_PUSH(a, children, group->child_count, child);
        scan_skip_blanks(s);
    } while (scan_take(s, ','));
    if (!scan_take(s, ')'))
        return scan_fail(a, s, "\",\" or \")\"");
    group->children = children;
    return NULL;
}

err *rest_filter_parse_logic(arena *a, filter_reader *r, filter_kind kind,
                             bool is_negated, str text, const filter **out) {
    scan s = {.text = text, .what = "logic tree"};
    filter group = {.kind = kind, .is_negated = is_negated};
    filter *made = NULL;
    scan_skip_blanks(&s);
    TRY(take_group(a, r, &s, 1, &group));
    scan_skip_blanks(&s);
    if (!scan_is_at_end(&s))
        return scan_fail(a, &s, "end of input");
    TRY(make_condition(a, r, group, &made));
    *out = made;
    return NULL;
}
