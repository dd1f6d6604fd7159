#include "schema/parser_attribute.h"

#include "schema/text_literal.h"

/* A list of arguments being read: "(" or "[" up to its partner. */
typedef struct bracket {
    token_kind close;
    bool is_condition; /* arguments may be policy conditions */
    int depth;
} bracket;

static bool read_list(cursor *c, bracket b, const syntax_argument **out,
                      size_t *n);

/* Attributes whose arguments are conditions, in the language of policies. */
static const str CONDITION_ATTRIBUTES[] = {
    STR_INIT("allow"),
    STR_INIT("deny"),
    STR_INIT("validate"),
};

static bool takes_condition(str name) {
    for (size_t i = 0; i < LENGTH(CONDITION_ATTRIBUTES); i++) {
        if (str_equal(name, CONDITION_ATTRIBUTES[i]))
            return true;
    }
    return false;
}

/* a.b.c */
static bool read_path(cursor *c, syntax_name *out) {
    const token *first = cursor_peek(c);
    *out = cursor_take_name(c);
    while (cursor_is_beside(c, TOKEN_DOT)) {
        cursor_take(c);
        if (!cursor_is_beside(c, TOKEN_NAME)) {
            cursor_report_missing(c, "a name after '.'");
            return false;
        }
        cursor_take_name(c);
    }
    out->span = cursor_span_from(c, first);
    out->text =
        str_slice(c->source->text, (size_t)out->span.from, out->span.to);
    return true;
}

static bool read_nested(cursor *c, token_kind close, int depth,
                        expression *out) {
    if (depth == EXPRESSION_MAX_DEPTH) {
        diag_add(
            c->arena, c->diags, DIAG_TOO_DEEP, cursor_span(c, cursor_peek(c)),
            "more than %d brackets inside each other", EXPRESSION_MAX_DEPTH);
        return false;
    }
    if (!cursor_check_closed(c))
        return false;
    bracket b = {.close = close, .depth = depth + 1};
    return read_list(c, b, &out->items, &out->count);
}

/* auth().id: a member of what a call gives is an expression of policies. */
static bool read_members(cursor *c, expression *out) {
    while (cursor_is_beside(c, TOKEN_DOT)) {
        out->kind = EXPRESSION_CONDITION;
        cursor_take(c);
        if (!cursor_is_beside(c, TOKEN_NAME)) {
            cursor_report_missing(c, "a name after '.'");
            return false;
        }
        cursor_take(c);
    }
    return true;
}

static bool read_name_or_call(cursor *c, int depth, expression *out) {
    syntax_name name;
    if (!read_path(c, &name))
        return false;
    out->kind = EXPRESSION_NAME;
    out->text = name.text;
    if (!cursor_is_beside(c, TOKEN_LEFT_PAREN))
        return true;
    out->kind = EXPRESSION_CALL;
    return read_nested(c, TOKEN_RIGHT_PAREN, depth, out) &&
           read_members(c, out);
}

static bool read_value(cursor *c, int depth, expression *out) {
    const token *t = cursor_peek(c);
    if (t->kind == TOKEN_NUMBER) {
        out->kind = EXPRESSION_NUMBER;
        out->text = cursor_text(c, cursor_take(c));
        return true;
    }
    if (t->kind == TOKEN_STRING) {
        out->kind = EXPRESSION_STRING;
        out->text = text_literal_decode(c->arena, cursor_span(c, t), c->diags);
        cursor_take(c);
        return true;
    }
    if (t->kind == TOKEN_NAME)
        return read_name_or_call(c, depth, out);
    if (t->kind == TOKEN_LEFT_BRACKET) {
        out->kind = EXPRESSION_LIST;
        return read_nested(c, TOKEN_RIGHT_BRACKET, depth, out);
    }
    cursor_report_unexpected(c, "a value");
    return false;
}

static bool read_expression(cursor *c, int depth, const expression **out) {
    const token *first = cursor_peek(c);
    expression *e = arena_new_array(c->arena, expression, 1);
    if (!read_value(c, depth, e))
        return false;
    e->span = cursor_span_from(c, first);
    *out = e;
    return true;
}

/* The index behind the tokens up to a comma or bracket of this list. */
static size_t condition_end(const cursor *c) {
    size_t depth = 0;
    for (size_t i = c->at;; i++) {
        token_kind kind = c->tokens.tokens[i].kind;
        bool is_open = kind == TOKEN_LEFT_PAREN || kind == TOKEN_LEFT_BRACKET;
        bool is_close =
            kind == TOKEN_RIGHT_PAREN || kind == TOKEN_RIGHT_BRACKET;
        bool is_outside = depth == 0 && (is_close || kind == TOKEN_COMMA);
        if (is_outside || kind == TOKEN_AT || kind == TOKEN_AT_AT ||
            kind == TOKEN_LEFT_BRACE || kind == TOKEN_RIGHT_BRACE ||
            kind == TOKEN_END || kind == TOKEN_BAD_CHARACTER ||
            kind == TOKEN_BAD_STRING)
            return i;
        depth = is_open ? depth + 1 : is_close ? depth - 1 : depth;
    }
}

/* Conditions are kept as text here: only their brackets are understood. A
 * single token is read like any other value. */
static bool read_condition(cursor *c, int depth, const expression **out) {
    size_t end = condition_end(c);
    if (end <= c->at + 1)
        return read_expression(c, depth, out);

    const token *first = cursor_peek(c);
    c->at = end;
    expression *e = arena_new_array(c->arena, expression, 1);
    e->kind = EXPRESSION_CONDITION;
    e->span = cursor_span_from(c, first);
    e->text = str_slice(c->source->text, (size_t)e->span.from, e->span.to);
    *out = e;
    return true;
}

static bool read_argument(cursor *c, bracket b, syntax_argument *out) {
    const token *first = cursor_peek(c);
    bool is_named = b.close == TOKEN_RIGHT_PAREN && first->kind == TOKEN_NAME &&
                    cursor_look(c, 1)->kind == TOKEN_COLON;
    if (is_named) {
        out->name = cursor_take_name(c);
        cursor_take(c);
    }
    if (is_named && (cursor_peek(c)->kind == TOKEN_COMMA ||
                     cursor_peek(c)->kind == b.close)) {
        diag_add(c->arena, c->diags, DIAG_MISSING_VALUE, out->name.span,
                 "the argument '%.*s' has no value", STR_ARG(out->name.text));
        return false;
    }
    bool is_read = b.is_condition ? read_condition(c, b.depth, &out->value)
                                  : read_expression(c, b.depth, &out->value);
    if (is_read)
        out->span = cursor_span_from(c, first);
    return is_read;
}

static void report_trailing_comma(cursor *c) {
    diag *d = diag_add(c->arena, c->diags, DIAG_TRAILING_COMMA,
                       cursor_span(c, cursor_last(c)),
                       "a comma with nothing behind it");
    diag_help(c->arena, d, "remove it");
}

/* The next token is the opening bracket. */
static bool read_list(cursor *c, bracket b, const syntax_argument **out,
                      size_t *n) {
    syntax_argument *items = NULL;
    cursor_take(c);
    if (cursor_accept(c, b.close))
        return true;
    for (;;) {
        syntax_argument item = {0};
        if (!read_argument(c, b, &item))
            return false;
        ARENA_PUSH(c->arena, items, *n, item);
        *out = items;
        if (cursor_accept(c, b.close))
            return true;
        if (!cursor_accept(c, TOKEN_COMMA)) {
            cursor_report_unexpected(
                c, b.close == TOKEN_RIGHT_PAREN ? "',' or ')'" : "',' or ']'");
            return false;
        }
        if (cursor_peek(c)->kind == b.close) {
            report_trailing_comma(c);
            return false;
        }
    }
}

static bool read_arguments(cursor *c, bool is_condition,
                           const syntax_argument **out, size_t *count) {
    size_t end = c->closes[c->at];
    if (!cursor_check_closed(c)) {
        cursor_take(c);
        cursor_skip_line(c);
        return false;
    }
    bracket b = {.close = TOKEN_RIGHT_PAREN, .is_condition = is_condition};
    bool is_read = read_list(c, b, out, count);
    c->at = end + 1;
    return is_read;
}

bool parser_arguments(cursor *c, const syntax_argument **out, size_t *count) {
    return read_arguments(c, false, out, count);
}

bool parser_expression(cursor *c, const expression **out) {
    return read_expression(c, 0, out);
}

bool parser_attribute(cursor *c, syntax_attribute *out) {
    const token *first = cursor_take(c);
    *out = (syntax_attribute){.is_block = first->kind == TOKEN_AT_AT};
    if (cursor_peek(c)->kind != TOKEN_NAME || cursor_peek(c)->is_first) {
        cursor_report_missing(c, "the name of an attribute");
        cursor_skip_line(c);
        return false;
    }
    bool is_read = read_path(c, &out->name);
    if (!is_read)
        cursor_skip_line(c);
    else if (cursor_is_beside(c, TOKEN_LEFT_PAREN))
        is_read = read_arguments(c, takes_condition(out->name.text),
                                 &out->arguments, &out->argument_count);
    out->span = cursor_span_from(c, first);
    return is_read;
}
