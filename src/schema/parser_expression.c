#include "schema/parser_expression.h"

#include "schema/parser_list.h"
#include "schema/parser_mix.h"
#include "schema/text_literal.h"

/* The larger the level, the tighter the operator. */
enum { LEVEL_LOWEST = 1 };

static const struct operator_spec {
    str text;
    operator_kind kind;
    int level;
} OPERATORS[] = {
    {STR_INIT("->"), OPERATOR_BECOMES, LEVEL_LOWEST},
    {STR_INIT("|"), OPERATOR_EITHER, 2},
    {STR_INIT("&&"), OPERATOR_AND, 3},
    {STR_INIT("||"), OPERATOR_OR, 3},
    {STR_INIT("=="), OPERATOR_EQUAL, 4},
    {STR_INIT("!="), OPERATOR_NOT_EQUAL, 4},
    {STR_INIT("<="), OPERATOR_LESS_EQUAL, 5},
    {STR_INIT(">="), OPERATOR_GREATER_EQUAL, 5},
    {STR_INIT("<"), OPERATOR_LESS, 5},
    {STR_INIT(">"), OPERATOR_GREATER, 5},
    {STR_INIT("in"), OPERATOR_IN, 6},
};

/* The mark in front of the bracket of a predicate. */
static const struct quantifier {
    token_kind token;
    str text;
    operator_kind kind;
} QUANTIFIERS[] = {
    {TOKEN_QUESTION, STR_INIT("?"), OPERATOR_SOME},
    {TOKEN_BANG, STR_INIT("!"), OPERATOR_EVERY},
    {TOKEN_OPERATOR, STR_INIT("^"), OPERATOR_NONE},
};

static const token *next(const expression_reader *r) {
    return cursor_peek(r->cursor);
}

static bool is_next(const expression_reader *r, token_kind kind) {
    return next(r)->kind == kind && (r->is_free || !next(r)->is_first);
}

static expression *new_expression(const expression_reader *r,
                                  expression_kind kind) {
    expression *e = arena_new_array(r->cursor->arena, expression, 1);
    e->kind = kind;
    return e;
}

static bool report_depth(const expression_reader *r) {
    cursor *c = r->cursor;
    diag_add(c->arena, c->diags, DIAG_TOO_DEEP, cursor_span(c, next(r)),
             "more than %d brackets inside each other", EXPRESSION_MAX_DEPTH);
    return false;
}

static bool count_operator(expression_reader *r, source_span mark) {
    cursor *c = r->cursor;
    if (r->operators++ < EXPRESSION_MAX_OPERATORS)
        return true;
    diag_add(c->arena, c->diags, DIAG_TOO_DEEP, mark,
             "more than %d operators in one expression",
             EXPRESSION_MAX_OPERATORS);
    return false;
}

/* The parts with dots in between: the source itself, if it is written so. */
static str join(arena *a, const parser_path *path) {
    const syntax_name *first = &path->names[0];
    const source_span *last = &path->names[path->count - 1].span;
    size_t size = path->count - 1;
    for (size_t i = 0; i < path->count; i++)
        size += path->names[i].text.len;
    if (size == last->to - first->span.from)
        return (str){first->text.ptr, size};

    char *text = arena_take(a, size, 1);
    size_t len = 0;
    for (size_t i = 0; i < path->count; i++) {
        if (i > 0)
            text[len++] = '.';
        memcpy(text + len, path->names[i].text.ptr, path->names[i].text.len);
        len += path->names[i].text.len;
    }
    return (str){text, len};
}

static bool read_parts(expression_reader *r) {
    cursor *c = r->cursor;
    for (;;) {
        syntax_name name = cursor_take_name(c);
        PILE_PUSH(&c->nested, name);
        if (!is_next(r, TOKEN_DOT))
            return true;
        cursor_take(c);
        if (!is_next(r, TOKEN_NAME)) {
            cursor_report_missing(c, "a name after '.'");
            return false;
        }
    }
}

bool parser_path_read(cursor *c, bool is_free, parser_path *out) {
    expression_reader r = {.cursor = c, .is_free = is_free};
    const token *first = next(&r);
    size_t bottom = c->nested.used;
    bool is_read = read_parts(&r);
    out->names = PILE_CUT(&c->nested, bottom, syntax_name, &out->count);
    out->whole.text = join(c->arena, out);
    out->whole.span = cursor_span_from(c, first);
    return is_read;
}

/* From the opening bracket to its partner, by read. */
static bool read_nested(expression_reader *r, expression *e,
                        bool (*read)(expression_reader *, expression *)) {
    if (r->depth == EXPRESSION_MAX_DEPTH)
        return report_depth(r);
    if (!cursor_check_closed(r->cursor))
        return false;
    bool was_free = r->is_free;
    r->is_free = true;
    r->depth++;
    bool is_read = read(r, e);
    r->depth--;
    r->is_free = was_free;
    return is_read;
}

static bool read_items(expression_reader *r, expression *e) {
    return parser_list(r, &e->items, &e->count);
}

static bool accept_close(expression_reader *r, token_kind kind,
                         const char *expected) {
    if (cursor_accept(r->cursor, kind))
        return true;
    cursor_report_unexpected(r->cursor, expected);
    return false;
}

static bool read_group(expression_reader *r, expression *e) {
    cursor_take(r->cursor);
    return parser_expression(r, &e->left) &&
           accept_close(r, TOKEN_RIGHT_PAREN, "')'");
}

/* "[e]" or "[name, e]" */
static bool read_condition(expression_reader *r, expression *e) {
    cursor *c = r->cursor;
    cursor_take(c);
    bool has_name =
        next(r)->kind == TOKEN_NAME && cursor_look(c, 1)->kind == TOKEN_COMMA;
    if (has_name) {
        syntax_name *name = arena_new_array(c->arena, syntax_name, 1);
        *name = cursor_take_name(c);
        e->names = name;
        e->name_count = 1;
        cursor_take(c);
    }
    return parser_expression(r, &e->right) &&
           accept_close(r, TOKEN_RIGHT_BRACKET, "']'");
}

static bool read_name_or_call(expression_reader *r, expression *e) {
    parser_path path = {0};
    if (!parser_path_read(r->cursor, r->is_free, &path))
        return false;
    e->kind = EXPRESSION_NAME;
    e->text = path.whole.text;
    if (!is_next(r, TOKEN_LEFT_PAREN)) {
        e->names = path.names;
        e->name_count = path.count;
        return true;
    }
    e->kind = EXPRESSION_CALL;
    e->mark = path.whole.span;
    return read_nested(r, e, read_items);
}

static bool report_no_value(const expression_reader *r) {
    cursor *c = r->cursor;
    if (next(r)->kind == TOKEN_LEFT_BRACE)
        diag_add(c->arena, c->diags, DIAG_NOT_SUPPORTED,
                 cursor_span(c, next(r)), "values in braces are not supported");
    else
        cursor_report_unexpected(c, "a value");
    return false;
}

/* A '+' says nothing. */
static str number_text(str text) {
    return text.ptr[0] == '+' ? str_slice(text, 1, text.len) : text;
}

static bool read_primary(expression_reader *r, expression *e) {
    cursor *c = r->cursor;
    const token *t = next(r);
    if (t->kind == TOKEN_NAME)
        return read_name_or_call(r, e);
    if (t->kind == TOKEN_NUMBER) {
        e->kind = EXPRESSION_NUMBER;
        e->text = number_text(cursor_text(c, cursor_take(c)));
        return true;
    }
    if (t->kind == TOKEN_STRING) {
        e->kind = EXPRESSION_STRING;
        e->text = text_literal_decode(c->arena, cursor_span(c, t), c->diags);
        cursor_take(c);
        return true;
    }
    if (t->kind == TOKEN_LEFT_BRACKET) {
        e->kind = EXPRESSION_LIST;
        return read_nested(r, e, read_items);
    }
    if (t->kind == TOKEN_LEFT_PAREN) {
        e->kind = EXPRESSION_GROUP;
        return read_nested(r, e, read_group);
    }
    return report_no_value(r);
}

static const struct quantifier *find_quantifier(const expression_reader *r) {
    const cursor *c = r->cursor;
    if (cursor_look(c, 1)->kind != TOKEN_LEFT_BRACKET)
        return NULL;
    for (size_t i = 0; i < LENGTH(QUANTIFIERS); i++) {
        if (is_next(r, QUANTIFIERS[i].token) &&
            str_equal(cursor_text(c, next(r)), QUANTIFIERS[i].text))
            return &QUANTIFIERS[i];
    }
    return NULL;
}

static bool report_after_predicate(const expression_reader *r) {
    cursor *c = r->cursor;
    diag_add(c->arena, c->diags, DIAG_UNEXPECTED, cursor_span(c, next(r)),
             "a predicate is true or false, nothing can be taken from it");
    return false;
}

/* "left.name" or "left.name(...)", at the dot. */
static bool read_member(expression_reader *r, const expression *left,
                        expression *e) {
    cursor *c = r->cursor;
    if (left->kind == EXPRESSION_PREDICATE)
        return report_after_predicate(r);
    cursor_take(c);
    if (!is_next(r, TOKEN_NAME)) {
        cursor_report_missing(c, "a name after '.'");
        return false;
    }
    syntax_name name = cursor_take_name(c);
    e->kind = EXPRESSION_MEMBER;
    e->left = left;
    e->text = name.text;
    e->mark = name.span;
    if (!count_operator(r, e->mark))
        return false;
    if (!is_next(r, TOKEN_LEFT_PAREN))
        return true;
    e->kind = EXPRESSION_CALL;
    return read_nested(r, e, read_items);
}

static bool read_predicate(expression_reader *r, const expression *left,
                           operator_kind op, expression *e) {
    cursor *c = r->cursor;
    if (left->kind == EXPRESSION_PREDICATE)
        return report_after_predicate(r);
    e->kind = EXPRESSION_PREDICATE;
    e->op = op;
    e->left = left;
    e->mark = cursor_span(c, cursor_take(c));
    return count_operator(r, e->mark) && read_nested(r, e, read_condition);
}

static bool can_have_members(const expression *e) {
    return e->kind == EXPRESSION_CALL || e->kind == EXPRESSION_MEMBER ||
           e->kind == EXPRESSION_GROUP || e->kind == EXPRESSION_PREDICATE;
}

/* auth().posts?[...] */
static bool read_operand(expression_reader *r, const expression **out) {
    cursor *c = r->cursor;
    const token *first = next(r);
    expression *e = new_expression(r, EXPRESSION_NAME);
    bool is_read = read_primary(r, e);
    for (;;) {
        if (!is_read)
            return false;
        e->span = cursor_span_from(c, first);
        *out = e;
        const struct quantifier *q = find_quantifier(r);
        bool is_member = is_next(r, TOKEN_DOT) && can_have_members(e);
        if (q == NULL && !is_member)
            return true;
        e = new_expression(r, EXPRESSION_MEMBER);
        is_read = is_member ? read_member(r, *out, e)
                            : read_predicate(r, *out, q->kind, e);
    }
}

/* "!e" */
static bool read_unary(expression_reader *r, const expression **out) {
    cursor *c = r->cursor;
    if (next(r)->kind != TOKEN_BANG)
        return read_operand(r, out);
    if (r->depth == EXPRESSION_MAX_DEPTH)
        return report_depth(r);
    const token *first = cursor_take(c);
    expression *e = new_expression(r, EXPRESSION_NOT);
    e->mark = cursor_span(c, first);
    r->depth++;
    bool is_read = read_unary(r, &e->left);
    r->depth--;
    e->span = cursor_span_from(c, first);
    *out = e;
    return is_read;
}

static const struct operator_spec *find_operator(const expression_reader *r) {
    token_kind kind = next(r)->kind;
    if (kind != TOKEN_OPERATOR && kind != TOKEN_NAME)
        return NULL;
    str text = cursor_text(r->cursor, next(r));
    for (size_t i = 0; i < LENGTH(OPERATORS); i++) {
        if (str_equal(text, OPERATORS[i].text))
            return &OPERATORS[i];
    }
    return NULL;
}

/* Operands and the operators between them that are at least so tight. */
static bool read_binary(expression_reader *r, int level,
                        const expression **out) {
    cursor *c = r->cursor;
    const token *first = next(r);
    if (!read_unary(r, out))
        return false;
    for (;;) {
        const struct operator_spec *op = find_operator(r);
        if (op == NULL || op->level < level)
            return true;
        expression *e = new_expression(r, EXPRESSION_BINARY);
        e->op = op->kind;
        e->mark = cursor_span(c, cursor_take(c));
        e->left = *out;
        if (!count_operator(r, e->mark) ||
            !read_binary(r, op->level + 1, &e->right))
            return false;
        e->span = cursor_span_from(c, first);
        *out = e;
    }
}

bool parser_expression(expression_reader *r, const expression **out) {
    if (!read_binary(r, LEVEL_LOWEST, out))
        return false;
    parser_mix_check(r->cursor, *out);
    return true;
}

bool parser_value(cursor *c, const expression **out) {
    expression_reader r = {.cursor = c};
    return read_operand(&r, out);
}
