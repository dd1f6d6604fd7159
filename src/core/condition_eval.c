#include "core/condition_eval.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/real.h"
#include "base/utf8.h"
#include "base/utf8_case.h"
#include "core/text_rule.h"

typedef struct evaluator {
    arena *a;
    const condition_row *row;
    bool is_too_costly;
} evaluator;

typedef enum operand_kind {
    OPERAND_UNKNOWN, /* the environment does not have it */
    OPERAND_NULL,
    OPERAND_BOOLEAN,
    OPERAND_NUMBER, /* text: a canonical decimal */
    OPERAND_TEXT,   /* String, DateTime, an enum's value */
    OPERAND_LIST,   /* items */
} operand_kind;

typedef struct operand operand;
struct operand {
    operand_kind kind;
    bool boolean;
    str text;
    const operand *items;
    size_t count;
};

static truth truth_of(bool is_true) {
    return is_true ? TRUTH_TRUE : TRUTH_FALSE;
}

static truth negate(truth t) {
    if (t == TRUTH_UNKNOWN)
        return t;
    return t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* ---- Operands --------------------------------------------------------------------- */

str condition_eval_decimal(arena *a, const field *f, const value *v) {
    if (v->kind == VALUE_INT)
        return arena_printf(a, "%" PRId64, v->integer);
    if (v->kind == VALUE_TEXT)
        return v->text;
    ASSERT(v->kind == VALUE_FLOAT && f->scalar == SCALAR_FLOAT);
    char *digits = arena_take(a, REAL_TEXT_MAX, 1);
    str written = {digits, real_format(v->real, digits)};
    str out = {0};
    err *failure = decimal_parse(a, written, &out);
    ASSERT(failure == NULL); /* a double has at most 767 digits */
    return out;
}

static operand item_of(evaluator *e, const json *item) {
    switch (item->kind) {
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        return (operand){.kind = OPERAND_NULL};
    case JSON_FALSE:
    case JSON_TRUE:
        return (operand){.kind = OPERAND_BOOLEAN,
                         .boolean = item->kind == JSON_TRUE};
    case JSON_STRING:
        return (operand){.kind = OPERAND_TEXT, .text = item->text};
    case JSON_NUMBER:
        break;
    }
    operand number = {.kind = OPERAND_NUMBER};
    return decimal_parse(e->a, item->text, &number.text) == NULL
               ? number
               : (operand){.kind = OPERAND_NULL};
}

static operand list_of(evaluator *e, str text) {
    const json *tree = NULL;
    if (json_parse(e->a, text, &tree) != NULL || tree->kind != JSON_ARRAY)
        return (operand){.kind = OPERAND_NULL};
    operand *items = arena_new_array(e->a, operand, tree->count);
    for (size_t i = 0; i < tree->count; i++)
        items[i] = item_of(e, &tree->items[i]);
    return (operand){
        .kind = OPERAND_LIST, .items = items, .count = tree->count};
}

static bool is_numeric(const field *f) {
    return f->kind == FIELD_SCALAR && scalar_type_is_number(f->scalar);
}

static operand cell_of(evaluator *e, const field *f) {
    int32_t at = e->row->cell_of[f->column_index];
    if (at == CONDITION_NO_CELL)
        return (operand){.kind = OPERAND_NULL};
    const value *v = &e->row->cells[at];
    switch (v->kind) {
    case VALUE_NULL:
        return (operand){.kind = OPERAND_NULL};
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return (operand){.kind = OPERAND_UNKNOWN};
    case VALUE_BOOL:
        return (operand){.kind = OPERAND_BOOLEAN, .boolean = v->boolean};
    case VALUE_INT:
    case VALUE_FLOAT:
        return (operand){.kind = OPERAND_NUMBER,
                         .text = condition_eval_decimal(e->a, f, v)};
    case VALUE_TEXT:
    case VALUE_BYTES:
        break;
    }
    if (f->is_list)
        return list_of(e, v->text);
    return (operand){.kind = is_numeric(f) ? OPERAND_NUMBER : OPERAND_TEXT,
                     .text = v->text};
}

static operand constant_of(const condition *c) {
    bool is_number =
        c->type.kind == TYPE_SCALAR &&
        (c->type.scalar == SCALAR_BIGINT || c->type.scalar == SCALAR_DECIMAL);
    if (c->type.kind == TYPE_SCALAR && c->type.scalar == SCALAR_BOOLEAN)
        return (operand){.kind = OPERAND_BOOLEAN, .boolean = c->boolean};
    return (operand){.kind = is_number ? OPERAND_NUMBER : OPERAND_TEXT,
                     .text = c->text};
}

static operand read_operand(evaluator *e, const condition *c);

static operand read_items(evaluator *e, const condition *c) {
    operand *items = arena_new_array(e->a, operand, c->count);
    for (size_t i = 0; i < c->count; i++)
        items[i] = read_operand(e, &c->items[i]);
    return (operand){.kind = OPERAND_LIST, .items = items, .count = c->count};
}

static operand read_path(evaluator *e, const condition *c) {
    bool is_own_column =
        c->root == ROOT_ROW && c->scope == 0 && c->step_count == 1;
    return is_own_column && c->type.kind != TYPE_ROW
               ? cell_of(e, c->steps[0])
               : (operand){.kind = OPERAND_UNKNOWN};
}

/* ---- Comparisons ------------------------------------------------------------------ */

/* Of two that are there, and of one type. */
static int compare(const operand *l, const operand *r) {
    if (l->kind == OPERAND_BOOLEAN)
        return l->boolean - r->boolean;
    return l->kind == OPERAND_NUMBER ? decimal_compare(l->text, r->text)
                                     : str_compare(l->text, r->text);
}

static bool is_there(const operand *o) {
    return o->kind != OPERAND_UNKNOWN && o->kind != OPERAND_NULL;
}

static truth is_equal(const operand *l, const operand *r) {
    if (!is_there(l) || !is_there(r))
        return TRUTH_UNKNOWN;
    return truth_of(l->kind == r->kind && compare(l, r) == 0);
}

static truth is_null(const operand *o) {
    return o->kind == OPERAND_UNKNOWN ? TRUTH_UNKNOWN
                                      : truth_of(o->kind == OPERAND_NULL);
}

static truth eval_order(condition_operator op, int order) {
    switch (op) {
    case CONDITION_EQUAL:
        return truth_of(order == 0);
    case CONDITION_NOT_EQUAL:
        return truth_of(order != 0);
    case CONDITION_LESS:
        return truth_of(order < 0);
    case CONDITION_LESS_EQUAL:
        return truth_of(order <= 0);
    case CONDITION_GREATER:
        return truth_of(order > 0);
    case CONDITION_GREATER_EQUAL:
        return truth_of(order >= 0);
    }
    PANIC("no such operator");
}

static truth eval_comparison(evaluator *e, const condition *c) {
    bool has_null =
        c->left->kind == CONDITION_NULL || c->right->kind == CONDITION_NULL;
    operand left = read_operand(e, c->left);
    operand right = read_operand(e, c->right);
    if (has_null) {
        truth t = is_null(c->left->kind == CONDITION_NULL ? &right : &left);
        return c->op == CONDITION_EQUAL ? t : negate(t);
    }
    if (!is_there(&left) || !is_there(&right))
        return TRUTH_UNKNOWN;
    ASSERT(left.kind == right.kind);
    return eval_order(c->op, compare(&left, &right));
}

/* As SQL has it: unknown if not found, but something in the list is. */
static truth is_in(const operand *one, const operand *list) {
    if (list->kind != OPERAND_LIST)
        return TRUTH_UNKNOWN;
    truth found = TRUTH_FALSE;
    for (size_t i = 0; i < list->count; i++) {
        truth t = is_equal(one, &list->items[i]);
        if (t == TRUTH_TRUE)
            return t;
        if (t == TRUTH_UNKNOWN)
            found = t;
    }
    return found;
}

/* ---- Functions -------------------------------------------------------------------- */

static bool contains(str text, str part) {
    return part.len == 0 ||
           memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

static truth eval_affix(evaluator *e, const condition *c,
                        const operand *arguments) {
    str text = arguments[0].text;
    str part = arguments[1].text;
    if (c->count > 2 && arguments[2].boolean) {
        text = utf8_lower(e->a, text);
        part = utf8_lower(e->a, part);
    }
    if (c->function == FUNCTION_CONTAINS)
        return truth_of(contains(text, part));
    return truth_of(c->function == FUNCTION_STARTS_WITH
                        ? str_starts_with(text, part)
                        : str_ends_with(text, part));
}

static truth eval_has(const condition *c, const operand *list,
                      const operand *wanted) {
    bool is_every = c->function == FUNCTION_HAS_EVERY;
    for (size_t i = 0; i < wanted->count; i++) {
        if ((is_in(&wanted->items[i], list) == TRUTH_TRUE) != is_every)
            return truth_of(!is_every);
    }
    return truth_of(is_every);
}

static truth eval_regex(evaluator *e, const condition *c,
                        const operand *arguments) {
    regex_answer found =
        regex_match(e->a, c->items[1].pattern, arguments[0].text);
    e->is_too_costly |= found == REGEX_TOO_COSTLY;
    return truth_of(found == REGEX_YES);
}

/* Of arguments that are all there. */
static truth call(evaluator *e, const condition *c, const operand *arguments) {
    switch (c->function) {
    case FUNCTION_CONTAINS:
    case FUNCTION_STARTS_WITH:
    case FUNCTION_ENDS_WITH:
        return eval_affix(e, c, arguments);
    case FUNCTION_HAS:
        return is_in(&arguments[1], &arguments[0]);
    case FUNCTION_HAS_SOME:
    case FUNCTION_HAS_EVERY:
        return eval_has(c, &arguments[0], &arguments[1]);
    case FUNCTION_IS_EMPTY:
        return truth_of(arguments[0].count == 0);
    case FUNCTION_REGEX:
        return eval_regex(e, c, arguments);
    case FUNCTION_EMAIL:
        return truth_of(text_rule_is_email(arguments[0].text));
    case FUNCTION_URL:
        return truth_of(text_rule_is_url(arguments[0].text));
    case FUNCTION_DATETIME:
        return truth_of(text_rule_is_datetime(e->a, arguments[0].text));
    case FUNCTION_NOW:
    case FUNCTION_LENGTH:
    case FUNCTION_CHECK:
    case FUNCTION_CAN:
    case FUNCTION_CURRENT_MODEL:
    case FUNCTION_CURRENT_OPERATION:
        return TRUTH_UNKNOWN;
    }
    PANIC("no such function");
}

static truth eval_call(evaluator *e, const condition *c) {
    if (c->function == FUNCTION_CHECK || c->function == FUNCTION_CAN)
        return TRUTH_UNKNOWN;
    operand arguments = read_items(e, c);
    for (size_t i = 0; i < arguments.count; i++) {
        if (!is_there(&arguments.items[i]))
            return TRUTH_UNKNOWN;
    }
    return call(e, c, arguments.items);
}

static operand length_of(evaluator *e, const condition *c) {
    operand counted = read_operand(e, &c->items[0]);
    if (!is_there(&counted))
        return counted;
    size_t count =
        counted.kind == OPERAND_LIST ? counted.count : utf8_count(counted.text);
    return (operand){.kind = OPERAND_NUMBER,
                     .text = arena_printf(e->a, "%zu", count)};
}

/* ---- Together --------------------------------------------------------------------- */

static truth eval(evaluator *e, const condition *c);

static operand from_truth(truth t) {
    return (operand){.kind =
                         t == TRUTH_UNKNOWN ? OPERAND_UNKNOWN : OPERAND_BOOLEAN,
                     .boolean = t == TRUTH_TRUE};
}

static operand read_call(evaluator *e, const condition *c) {
    if (c->function == FUNCTION_NOW)
        return (operand){.kind = OPERAND_TEXT, .text = e->row->now.text};
    if (c->function == FUNCTION_LENGTH)
        return length_of(e, c);
    return from_truth(eval_call(e, c));
}

static operand read_operand(evaluator *e, const condition *c) {
    switch (c->kind) {
    case CONDITION_NULL:
        return (operand){.kind = OPERAND_NULL};
    case CONDITION_CONSTANT:
        return constant_of(c);
    case CONDITION_LIST:
        return read_items(e, c);
    case CONDITION_PATH:
        return read_path(e, c);
    case CONDITION_CALL:
        return read_call(e, c);
    case CONDITION_COMPARE:
    case CONDITION_IN:
    case CONDITION_NOT:
    case CONDITION_AND:
    case CONDITION_OR:
    case CONDITION_SOME:
    case CONDITION_EVERY:
    case CONDITION_NONE:
        return from_truth(eval(e, c));
    }
    PANIC("no such condition");
}

static truth eval_boolean(evaluator *e, const condition *c) {
    operand o = read_operand(e, c);
    return o.kind == OPERAND_BOOLEAN ? truth_of(o.boolean) : TRUTH_UNKNOWN;
}

static truth eval_in(evaluator *e, const condition *c) {
    operand one = read_operand(e, c->left);
    operand list = read_operand(e, c->right);
    return is_there(&one) ? is_in(&one, &list) : TRUTH_UNKNOWN;
}

/* The side that decides: false for and, true for or. */
static truth eval_logic(evaluator *e, const condition *c, truth decides) {
    truth left = eval(e, c->left);
    if (left == decides)
        return left;
    truth right = eval(e, c->right);
    if (right == decides)
        return right;
    return left == TRUTH_UNKNOWN ? left : right;
}

static truth eval(evaluator *e, const condition *c) {
    switch (c->kind) {
    case CONDITION_COMPARE:
        return eval_comparison(e, c);
    case CONDITION_IN:
        return eval_in(e, c);
    case CONDITION_NOT:
        return negate(eval(e, c->left));
    case CONDITION_AND:
        return eval_logic(e, c, TRUTH_FALSE);
    case CONDITION_OR:
        return eval_logic(e, c, TRUTH_TRUE);
    case CONDITION_SOME:
    case CONDITION_EVERY:
    case CONDITION_NONE:
        return TRUTH_UNKNOWN;
    case CONDITION_NULL:
    case CONDITION_CONSTANT:
    case CONDITION_LIST:
    case CONDITION_PATH:
    case CONDITION_CALL:
        return eval_boolean(e, c);
    }
    PANIC("no such condition");
}

truth condition_eval(arena *a, const condition *c, const condition_row *row) {
    arena_place before = arena_mark(a);
    evaluator e = {.a = a, .row = row};
    truth t = eval(&e, c);
    arena_rewind(a, before);
    return e.is_too_costly ? TRUTH_TOO_COSTLY : t;
}
