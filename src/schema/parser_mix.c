#include "schema/parser_mix.h"

#include "base/utf8.h"

/* More operands than that are not shown. */
enum { MIX_MAX_OPERANDS = 8, MIX_MAX_TEXT = 48 };

/* a || b && c, flat. */
typedef struct chain {
    const expression *operands[MIX_MAX_OPERANDS];
    operator_kind operators[MIX_MAX_OPERANDS]; /* [i] stands before operand i */
    size_t count;
} chain;

static bool is_logic(const expression *e) {
    return e->kind == EXPRESSION_BINARY &&
           (e->op == OPERATOR_AND || e->op == OPERATOR_OR);
}

static size_t count_operands(const expression *e) {
    size_t n = 1;
    for (; is_logic(e); e = e->left)
        n++;
    return n;
}

static chain flatten(const expression *e) {
    chain flat = {.count = count_operands(e)};
    for (size_t i = flat.count - 1; i > 0; i--) {
        flat.operands[i] = e->right;
        flat.operators[i] = e->op;
        e = e->left;
    }
    flat.operands[0] = e;
    return flat;
}

/* As it is written, up to a line's end and a length that can be read. */
static str operand_text(arena *a, const expression *e) {
    str text = str_slice(e->span.source->text, e->span.from, e->span.to);
    size_t end = 0;
    while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r' &&
           (end < MIX_MAX_TEXT || utf8_is_tail((unsigned char)text.ptr[end])))
        end++;
    if (end == text.len)
        return text;
    return arena_printf(a, "%.*s...",
                        STR_ARG(str_trim(str_slice(text, 0, end))));
}

static str append(arena *a, str left, operator_kind op, str right) {
    return arena_printf(a, "%.*s %s %.*s", STR_ARG(left),
                        op == OPERATOR_AND ? "&&" : "||", STR_ARG(right));
}

static str in_parentheses(arena *a, str text) {
    return arena_printf(a, "(%.*s)", STR_ARG(text));
}

static str read_left_to_right(arena *a, const chain *flat) {
    str text = operand_text(a, flat->operands[0]);
    for (size_t i = 1; i < flat->count; i++) {
        if (i > 1 && flat->operators[i] != flat->operators[i - 1])
            text = in_parentheses(a, text);
        text = append(a, text, flat->operators[i],
                      operand_text(a, flat->operands[i]));
    }
    return text;
}

/* a && b, from the operand at *at on, which is moved behind it. */
static str read_run(arena *a, const chain *flat, size_t *at) {
    str text = operand_text(a, flat->operands[*at]);
    bool is_alone = true;
    while (++*at < flat->count && flat->operators[*at] == OPERATOR_AND) {
        text =
            append(a, text, OPERATOR_AND, operand_text(a, flat->operands[*at]));
        is_alone = false;
    }
    return is_alone ? text : in_parentheses(a, text);
}

static str read_and_first(arena *a, const chain *flat) {
    size_t at = 0;
    str text = read_run(a, flat, &at);
    while (at < flat->count)
        text = append(a, text, OPERATOR_OR, read_run(a, flat, &at));
    return text;
}

static void report(cursor *c, const expression *e, const expression *change) {
    arena *a = c->arena;
    diag *d = diag_add(a, c->diags, DIAG_MIXED_LOGIC, change->mark,
                       "'&&' and '||' are mixed without parentheses");
    if (count_operands(e) > MIX_MAX_OPERANDS) {
        diag_help(a, d, "put the operands of each '&&' in parentheses");
        return;
    }
    chain flat = flatten(e);
    str usual = read_and_first(a, &flat);
    str other = read_left_to_right(a, &flat);
    if (str_equal(usual, other))
        diag_help(a, d, "write '%.*s'", STR_ARG(usual));
    else
        diag_help(a, d, "write '%.*s' or '%.*s'", STR_ARG(usual),
                  STR_ARG(other));
}

void parser_mix_check(cursor *c, const expression *e) {
    const expression *change = NULL; /* the first one from the left */
    for (const expression *at = e; is_logic(at) && is_logic(at->left);
         at = at->left) {
        if (at->op != at->left->op)
            change = at;
    }
    if (change != NULL)
        report(c, e, change);
}
