#include "schema/parser_list.h"

static const token *next(const expression_reader *r) {
    return cursor_peek(r->cursor);
}

static bool read_item(expression_reader *r, token_kind close,
                      syntax_argument *out) {
    cursor *c = r->cursor;
    const token *first = next(r);
    bool is_named = close == TOKEN_RIGHT_PAREN && first->kind == TOKEN_NAME &&
                    cursor_look(c, 1)->kind == TOKEN_COLON;
    if (is_named) {
        out->name = cursor_take_name(c);
        cursor_take(c);
    }
    if (is_named && (next(r)->kind == TOKEN_COMMA || next(r)->kind == close)) {
        diag_add(c->arena, c->diags, DIAG_MISSING_VALUE, out->name.span,
                 "the argument '%.*s' has no value", STR_ARG(out->name.text));
        return false;
    }
    if (!parser_expression(r, &out->value))
        return false;
    out->span = cursor_span_from(c, first);
    return true;
}

static void report_trailing_comma(cursor *c) {
    diag *d = diag_add(c->arena, c->diags, DIAG_TRAILING_COMMA,
                       cursor_span(c, cursor_last(c)),
                       "a comma with nothing behind it");
    diag_help(c->arena, d, "remove it");
}

/* What people write who think of another language. */
static const struct habit {
    str text;
    const char *help;
} HABITS[] = {
    {STR_INIT("="), "'==' compares, ':' names an argument"},
    {STR_INIT("and"), "write '&&'"},
    {STR_INIT("or"), "write '||'"},
    {STR_INIT("&"), "write '&&'"},
    {STR_INIT("|"), "write '||'"},
    {STR_INIT("is"), "write '=='"},
};

static void report_unexpected(cursor *c, token_kind close) {
    str text = cursor_text(c, cursor_peek(c));
    diag *d = cursor_report_unexpected(
        c, close == TOKEN_RIGHT_PAREN ? "',' or ')'" : "',' or ']'");
    for (size_t i = 0; i < LENGTH(HABITS); i++) {
        if (str_equal(text, HABITS[i].text))
            diag_help(c->arena, d, "%s", HABITS[i].help);
    }
}

/* What follows an item: the end, or a comma and another item. */
static bool read_separator(expression_reader *r, token_kind close,
                           bool *is_last) {
    cursor *c = r->cursor;
    *is_last = cursor_accept(c, close);
    if (*is_last)
        return true;
    if (!cursor_accept(c, TOKEN_COMMA)) {
        report_unexpected(c, close);
        return false;
    }
    if (next(r)->kind == close) {
        report_trailing_comma(c);
        return false;
    }
    return true;
}

static bool read_items(expression_reader *r, token_kind close) {
    bool is_last = cursor_accept(r->cursor, close);
    while (!is_last) {
        syntax_argument item = {0};
        if (!read_item(r, close, &item))
            return false;
        PILE_PUSH(&r->cursor->nested, item);
        if (!read_separator(r, close, &is_last))
            return false;
    }
    return true;
}

bool parser_list(expression_reader *r, const syntax_argument **out,
                 size_t *count) {
    cursor *c = r->cursor;
    token_kind close = cursor_take(c)->kind == TOKEN_LEFT_PAREN
                           ? TOKEN_RIGHT_PAREN
                           : TOKEN_RIGHT_BRACKET;
    size_t bottom = c->nested.used;
    bool is_read = read_items(r, close);
    *out = PILE_CUT(&c->nested, bottom, syntax_argument, count);
    return is_read;
}

bool parser_arguments(cursor *c, const syntax_argument **out, size_t *count) {
    size_t end = c->closes[c->at];
    if (!cursor_check_closed(c)) {
        cursor_take(c);
        cursor_skip_line(c);
        return false;
    }
    expression_reader r = {.cursor = c, .is_free = true};
    bool is_read = parser_list(&r, out, count);
    c->at = end + 1;
    return is_read;
}
