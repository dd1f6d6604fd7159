#include "api/rest/rest_filter.h"

#include "api/rest/operator.h"
#include "api/rest/rest_column.h"
#include "api/rest/rest_names.h"
#include "api/rest/scan.h"
#include "base/assert.h"
#include "core/coerce.h"
#include "core/coerce_list.h"

/* A filter at the top of the query string runs to the end of its parameter; in
 * a logic tree a comma or a parenthesis ends it. */
typedef struct value_style {
    bool is_nested;
} value_style;

static err *count_condition(arena *a, filter_reader *r) {
    if (++r->condition_count > FILTER_MAX_CONDITIONS)
        return err_new(a, ERR_QUERY_SYNTAX, "more than %d filter conditions",
                       FILTER_MAX_CONDITIONS);
    return NULL;
}

static filter *take_filter(arena *a) {
    return arena_take(a, sizeof(filter), _Alignof(filter));
}

static err *make_condition(arena *a, filter_reader *r, filter f, filter **out) {
    TRY(count_condition(a, r));
    *out = take_filter(a);
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

static err *count_values(arena *a, filter_reader *r, size_t more) {
    r->value_count += more;
    if (r->value_count <= FILTER_MAX_VALUES)
        return NULL;
    return err_new(a, ERR_QUERY_SYNTAX,
                   "more than %d values in the lists of the filters",
                   FILTER_MAX_VALUES);
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
        TRY(count_values(a, r, 1));
        ARENA_PUSH(a, values, count, v);
    } while (scan_take(s, ','));
    if (!scan_take(s, ')'))
        return scan_fail(a, s, "\",\" or \")\"");
    out->values = values;
    out->value_count = count;
    return NULL;
}

static const struct is_word {
    str name;
    is_what what;
    bool is_negated;
} IS_WORDS[] = {
    {STR_INIT("null"), IS_NULL, false},
    {STR_INIT("not_null"), IS_NULL, true},
    {STR_INIT("true"), IS_TRUE, false},
    {STR_INIT("false"), IS_FALSE, false},
    {STR_INIT("unknown"), IS_UNKNOWN, false},
};

static err *take_is_word(arena *a, scan *s, value_style style,
                         const struct is_word **out) {
    size_t from = s->at;
    str word;
    TRY(take_scalar(a, s, style, &word));
    word = str_trim(word);
    size_t i = 0;
    while (i < LENGTH(IS_WORDS) &&
           !str_equal_ignoring_case(word, IS_WORDS[i].name))
        i++;
    if (i == LENGTH(IS_WORDS))
        return scan_fail_at(a, s, from, "null, not_null, true, false, unknown");
    *out = &IS_WORDS[i];
    return NULL;
}

static err *take_is(arena *a, scan *s, value_style style, const field *type,
                    filter *out) {
    const struct is_word *word;
    TRY(take_is_word(a, s, style, &word));
    bool is_truth = type->scalar == SCALAR_BOOLEAN && !type->is_list;
    if (word->what != IS_NULL && !is_truth && !type->is_foreign) {
        str name = coerce_type_name(type);
        return err_new(a, ERR_VALUE_TYPE,
                       "argument of IS %.*s must be type boolean, not type "
                       "%.*s%s",
                       STR_ARG(word->name), STR_ARG(name),
                       type->is_list ? "[]" : "");
    }
    out->what = word->what;
    out->is_negated ^= word->is_negated;
    return NULL;
}

/* Both conditions are copies of one another but for what they say. */
static err *make_pair(arena *a, filter_reader *r, filter first, filter second,
                      filter *out) {
    filter **both = arena_new_array(a, filter *, 2);
    TRY(make_condition(a, r, first, &both[0]));
    TRY(make_condition(a, r, second, &both[1]));
    *out = (filter){.kind = FILTER_ANY,
                    .is_negated = out->is_negated,
                    .children = (const filter *const *)both,
                    .child_count = 2};
    return NULL;
}

/* x IS DISTINCT FROM v, for a v that is not null: x <> v OR x IS NULL. */
static err *make_distinct(arena *a, filter_reader *r, value v, filter *out) {
    filter differs = {.kind = FILTER_COMPARE,
                      .field = out->field,
                      .derivation = out->derivation,
                      .op = COMPARE_NEQ,
                      .value = v};
    filter is_null = {.kind = FILTER_IS,
                      .field = out->field,
                      .derivation = out->derivation,
                      .what = IS_NULL};
    return make_pair(a, r, differs, is_null, out);
}

/* op(any).{a,b} and op(all).{a,b}: a condition for each value. */
static err *make_quantified(arena *a, filter_reader *r, quantifier q,
                            const field *type, str text, filter *out) {
    value *values = NULL;
    size_t count = 0;
    TRY(coerce_list_elements(a, type, text, &values, &count));
    TRY(count_values(a, r, count));
    const filter **children = NULL;
    filter group = {.kind = q == QUANTIFIER_ANY ? FILTER_ANY : FILTER_ALL,
                    .is_negated = out->is_negated};
    for (size_t i = 0; i < count; i++) {
        filter one = *out;
        filter *made = NULL;
        one.is_negated = false;
        one.value = values[i];
        TRY(make_condition(a, r, one, &made));
        ARENA_PUSH(a, children, group.child_count, made);
    }
    group.children = children;
    *out = group;
    return NULL;
}

/* eq(any) is what an engine has a list for. */
static err *make_any_of(arena *a, filter_reader *r, const field *type, str text,
                        filter *out) {
    value *values = NULL;
    TRY(coerce_list_elements(a, type, text, &values, &out->value_count));
    out->kind = FILTER_IN;
    out->values = values;
    return count_values(a, r, out->value_count);
}

/* A value, or with a quantifier several, for an operator that out has. */
static err *take_value(arena *a, filter_reader *r, scan *s, value_style style,
                       const operator_use *use, const field *type,
                       filter *out) {
    str text;
    TRY(take_scalar(a, s, style, &text));
    if (use->row->kind == OPERATOR_LIKE)
        text = pattern_of(a, text);
    if (use->quantifier == QUANTIFIER_NONE)
        return coerce_text(a, type, text, &out->value);
    bool is_in = out->kind == FILTER_COMPARE && out->op == COMPARE_EQ &&
                 use->quantifier == QUANTIFIER_ANY;
    return is_in ? make_any_of(a, r, type, text, out)
                 : make_quantified(a, r, use->quantifier, type, text, out);
}

/* Behind `operator.`: reads the value into *out. */
static err *take_operand(arena *a, filter_reader *r, scan *s, value_style style,
                         const operator_use *use, filter *out) {
    const operator_row *op = use->row;
    const field *type = query_result(out->field, out->derivation);
    value v;
    switch (op->kind) {
    case OPERATOR_COMPARE:
        out->kind = FILTER_COMPARE;
        out->op = op->compare;
        return take_value(a, r, s, style, use, type, out);
    case OPERATOR_LIKE:
        out->kind = FILTER_LIKE;
        out->is_case_sensitive = op->is_case_sensitive;
        return take_value(a, r, s, style, use, type, out);
    case OPERATOR_MATCH:
        out->kind = FILTER_MATCH;
        out->is_case_sensitive = op->is_case_sensitive;
        return take_value(a, r, s, style, use, type, out);
    case OPERATOR_LIST:
        out->kind = FILTER_LIST;
        out->list = op->list;
        return take_value(a, r, s, style, use, type, out);
    case OPERATOR_SEARCH:
        out->kind = FILTER_SEARCH;
        out->search = op->search;
        out->search_configuration = use->configuration;
        out->value = (value){.kind = VALUE_TEXT};
        return take_scalar(a, s, style, &out->value.text);
    case OPERATOR_IN:
        out->kind = FILTER_IN;
        return take_list(a, r, s, type, out);
    case OPERATOR_IS:
        out->kind = FILTER_IS;
        return take_is(a, s, style, type, out);
    case OPERATOR_DISTINCT: {
        str text;
        TRY(take_scalar(a, s, style, &text));
        TRY(coerce_text(a, type, text, &v));
        return make_distinct(a, r, v, out);
    }
    case OPERATOR_RANGE:
        out->kind = FILTER_RANGE;
        out->range = op->range;
        return take_value(a, r, s, style, use, type, out);
    }
    PANIC("no such operator");
}

static err *take_condition(arena *a, filter_reader *r, scan *s,
                           value_style style, filter_subject subject,
                           filter **out) {
    operator_use use;
    TRY(operator_take(a, s, &use));
    TRY(operator_check_type(a, use.row,
                            query_result(subject.field, subject.derivation)));
    filter *made = take_filter(a);
    *made = (filter){.field = subject.field,
                     .derivation = subject.derivation,
                     .is_negated = use.is_negated};
    *out = made;
    TRY(take_operand(a, r, s, style, &use, made));
    return count_condition(a, r);
}

/* Is there a row of the embedded table? is.null says no. */
static err *take_existence(arena *a, filter_reader *r, scan *s,
                           value_style style, rest_node *child, filter **out) {
    operator_use use;
    const struct is_word *word = NULL;
    TRY(operator_take(a, s, &use));
    if (use.row->kind == OPERATOR_IS)
        TRY(take_is_word(a, s, style, &word));
    if (word == NULL || word->what != IS_NULL)
        return err_with_details(
            err_new(a, ERR_EMBED_FILTER,
                    "Bad operator on the '%.*s' embedded resource",
                    STR_ARG(child->name)),
            STR("Only is null or not is null filters are allowed on embedded "
                "resources"));
    filter exists = {.kind = FILTER_EXISTS,
                     .is_negated = use.is_negated == word->is_negated,
                     .related = rest_node_existence(a, child)};
    return make_condition(a, r, exists, out);
}

/* A column's own name comes before that of an embedded table. */
static err *take_named(arena *a, filter_reader *r, scan *s, value_style style,
                       rest_node *n, const rest_path *path, filter **out) {
    filter_subject subject = {0};
    const model *m = n->table->model;
    subject.field = model_find_column(r->schema, m, path->column);
    rest_node *child = subject.field == NULL && path->step_count == 0
                           ? rest_node_find_child(n, path->column)
                           : NULL;
    if (child != NULL)
        return take_existence(a, r, s, style, child, out);
    if (subject.field == NULL)
        TRY(rest_names_column(a, r->schema, m, path->column, &subject.field));
    TRY(rest_column_at_path(a, subject.field, path, &subject.derivation));
    return take_condition(a, r, s, style, subject, out);
}

static err *end_filter(arena *a, const scan *s) {
    return scan_is_at_end(s) ? NULL : scan_fail(a, s, "end of input");
}

err *rest_filter_parse_named(arena *a, filter_reader *r, rest_node *n,
                             const rest_path *path, str text,
                             const filter **out) {
    scan s = {.text = text, .what = "filter"};
    filter *made = NULL;
    TRY(take_named(a, r, &s, (value_style){false}, n, path, &made));
    *out = made;
    return end_filter(a, &s);
}

err *rest_filter_parse(arena *a, filter_reader *r, filter_subject subject,
                       str text, const filter **out) {
    scan s = {.text = text, .what = "filter"};
    filter *made = NULL;
    TRY(take_condition(a, r, &s, (value_style){false}, subject, &made));
    *out = made;
    return end_filter(a, &s);
}

/* --- logic trees --- */

static err *take_group(arena *a, filter_reader *r, rest_node *n, scan *s,
                       int depth, filter *group);

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

static err *take_member(arena *a, filter_reader *r, rest_node *n, scan *s,
                        int depth, filter **out) {
    filter group;
    scan_skip_blanks(s);
    if (take_group_word(s, &group)) {
        TRY(take_group(a, r, n, s, depth + 1, &group));
        return make_condition(a, r, group, out);
    }
    rest_path path;
    TRY(rest_path_take(a, s, &path));
    if (!scan_take(s, '.'))
        return scan_fail(a, s, "\".\"");
    return take_named(a, r, s, (value_style){true}, n, &path, out);
}

static err *take_group(arena *a, filter_reader *r, rest_node *n, scan *s,
                       int depth, filter *group) {
    if (depth > FILTER_MAX_DEPTH)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "and/or are nested more than %d deep", FILTER_MAX_DEPTH);
    const filter **children = NULL;
    if (!scan_take(s, '('))
        return scan_fail(a, s, "\"(\"");
    do {
        filter *child = NULL;
        TRY(take_member(a, r, n, s, depth, &child));
        ARENA_PUSH(a, children, group->child_count, child);
        scan_skip_blanks(s);
    } while (scan_take(s, ','));
    if (!scan_take(s, ')'))
        return scan_fail(a, s, "\",\" or \")\"");
    group->children = children;
    return NULL;
}

err *rest_filter_parse_logic(arena *a, filter_reader *r, rest_node *n,
                             filter_kind kind, bool is_negated, str text,
                             const filter **out) {
    scan s = {.text = text, .what = "logic tree"};
    filter group = {.kind = kind, .is_negated = is_negated};
    filter *made = NULL;
    scan_skip_blanks(&s);
    TRY(take_group(a, r, n, &s, 1, &group));
    scan_skip_blanks(&s);
    if (!scan_is_at_end(&s))
        return scan_fail(a, &s, "end of input");
    TRY(make_condition(a, r, group, &made));
    *out = made;
    return NULL;
}
