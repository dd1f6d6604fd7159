#include "schema/format_layout.h"

#include "base/assert.h"

/* Lines of conditions should not be longer. */
enum { LINE_WIDTH = 100 };

static void break_expression(format_writer *w, const expression *e,
                             size_t column);

static bool is_too_long(const format_writer *w, token_range range,
                        size_t column) {
    return format_has_comments(w, range) ||
           column + format_width(w, range) > LINE_WIDTH;
}

static void begin_line(format_writer *w, size_t at, size_t column) {
    w->columns[at] = (uint8_t)column;
}

/* "(" or "[" up to its partner: each item on a line of its own. */
static void break_items(format_writer *w, const syntax_argument *items,
                        size_t count, size_t close, size_t column) {
    if (count == 0)
        return;
    size_t inner = column + FORMAT_INDENT;
    for (size_t i = 0; i < count; i++) {
        begin_line(w, format_tokens_of(w, items[i].span).first, inner);
        break_expression(w, items[i].value, inner);
    }
    begin_line(w, close, column);
}

/* A condition between brackets. */
static void break_inner(format_writer *w, const expression *inner, size_t close,
                        size_t column) {
    ASSERT(inner != NULL);
    begin_line(w, format_tokens_of(w, inner->span).first,
               column + FORMAT_INDENT);
    break_expression(w, inner, column + FORMAT_INDENT);
    begin_line(w, close, column);
}

static bool is_logic(const expression *e) {
    return e->kind == EXPRESSION_BINARY &&
           (e->op == OPERATOR_AND || e->op == OPERATOR_OR);
}

/* a && b && c: each operand on a line, behind the operator. */
static void break_chain(format_writer *w, const expression *e, size_t column) {
    for (; is_logic(e); e = e->left) {
        begin_line(w, format_tokens_of(w, e->right->span).first, column);
        break_expression(w, e->right, column);
    }
    break_expression(w, e, column);
}

/* Below the operators. */
static void break_brackets(format_writer *w, const expression *e, size_t close,
                           size_t column) {
    switch (e->kind) {
    case EXPRESSION_NUMBER:
    case EXPRESSION_STRING:
    case EXPRESSION_NAME:
    case EXPRESSION_MEMBER:
    case EXPRESSION_NOT:
        break;
    case EXPRESSION_CALL:
    case EXPRESSION_LIST:
        break_items(w, e->items, e->count, close, column);
        break;
    case EXPRESSION_PREDICATE:
        break_inner(w, e->right, close, column);
        break;
    case EXPRESSION_GROUP:
        break_inner(w, e->left, close, column);
        break;
    case EXPRESSION_BINARY:
        break_expression(w, e->right, column);
        break;
    }
}

static void break_long(format_writer *w, const expression *e, size_t start,
                       size_t column) {
    token_range range = format_tokens_of(w, e->span);
    if (!is_too_long(w, range, start))
        return;
    if (is_logic(e)) {
        break_chain(w, e, column);
        return;
    }
    if (e->left != NULL && e->kind != EXPRESSION_GROUP)
        break_long(w, e->left, start, column);
    break_brackets(w, e, range.last, column);
}

static void break_expression(format_writer *w, const expression *e,
                             size_t column) {
    break_long(w, e, column, column);
}

static bool has_condition(const expression *e) {
    if (e->kind == EXPRESSION_BINARY || e->kind == EXPRESSION_PREDICATE)
        return true;
    if (e->left != NULL && has_condition(e->left))
        return true;
    for (size_t i = 0; i < e->count; i++) {
        if (has_condition(e->items[i].value))
            return true;
    }
    return false;
}

void format_layout_attribute(format_writer *w,
                             const syntax_attribute *attribute, size_t column) {
    token_range range = format_tokens_of(w, attribute->span);
    bool can_break = format_has_comments(w, range);
    for (size_t i = 0; i < attribute->argument_count; i++)
        can_break = can_break || has_condition(attribute->arguments[i].value);
    if (can_break && is_too_long(w, range, format_column(w)))
        break_items(w, attribute->arguments, attribute->argument_count,
                    range.last, column);
}

void format_layout_value(format_writer *w, const expression *value,
                         size_t column) {
    break_long(w, value, format_column(w), column);
}
