/* Conditions: operators, literals and their types. */
#include "schema/resolve_condition.h"

#include <stdarg.h>

#include "base/assert.h"
#include "base/decimal.h"

static const struct comparison {
    operator_kind syntax;
    condition_operator op;
} COMPARISONS[] = {
    {OPERATOR_EQUAL, CONDITION_EQUAL},
    {OPERATOR_NOT_EQUAL, CONDITION_NOT_EQUAL},
    {OPERATOR_LESS, CONDITION_LESS},
    {OPERATOR_LESS_EQUAL, CONDITION_LESS_EQUAL},
    {OPERATOR_GREATER, CONDITION_GREATER},
    {OPERATOR_GREATER_EQUAL, CONDITION_GREATER_EQUAL},
};

diag *condition_report(const condition_reader *c, diag_code code,
                       source_span span, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str message = arena_vprintf(c->resolver->arena, fmt, args);
    va_end(args);
    return diag_add(c->resolver->arena, c->resolver->diags, code, span, "%.*s",
                    STR_ARG(message));
}

const char *condition_use_label(const condition_reader *c) {
    switch (c->use) {
    case USE_POLICY:
        return "a policy";
    case USE_VALIDATE:
        return "@@validate";
    case USE_DATABASE:
        return "a condition that the database keeps";
    }
    PANIC("no such use");
}

condition *condition_new(const condition_reader *c, condition_kind kind,
                         const expression *e) {
    condition *made = arena_new_array(c->resolver->arena, condition, 1);
    made->kind = kind;
    made->span = e->span;
    return made;
}

static const condition_type BOOLEAN = {.kind = TYPE_SCALAR,
                                       .scalar = SCALAR_BOOLEAN};

/* Texts have no order that both engines share. */
static bool check_order(condition_reader *c, const expression *e,
                        const condition *left) {
    if (condition_type_is_number(left->type) ||
        condition_type_is(left->type, SCALAR_DATETIME))
        return true;
    arena *a = c->resolver->arena;
    str type = condition_type_print(a, left->type);
    diag *d = condition_report(c, DIAG_BAD_COMPARISON, e->mark,
                               "%.*s is neither larger nor smaller than "
                               "another",
                               STR_ARG(type));
    diag_help(a, d, "'<', '<=', '>' and '>=' are for numbers and times");
    return false;
}

/* ---- Operators ------------------------------------------------------------- */

/* ADMIN in "ADMIN == role": nothing before it is known what it stands by. */
static bool waits_for_other(const condition_reader *c, const expression *e) {
    return e->kind == EXPRESSION_NAME && e->name_count == 1 &&
           !condition_is_in_sight(c, e->text);
}

static bool read_sides(condition_reader *c, const expression *e,
                       const condition **left, const condition **right) {
    if (waits_for_other(c, e->left)) {
        *right = condition_read(c, e->right, NULL);
        *left =
            *right != NULL ? condition_read(c, e->left, &(*right)->type) : NULL;
    } else {
        *left = condition_read(c, e->left, NULL);
        *right =
            *left != NULL ? condition_read(c, e->right, &(*left)->type) : NULL;
    }
    return *left != NULL && *right != NULL;
}

static const condition *read_comparison(condition_reader *c,
                                        const expression *e) {
    const condition *left = NULL;
    const condition *right = NULL;
    if (!read_sides(c, e, &left, &right) ||
        !condition_unite(c, e, &left, &right))
        return NULL;
    condition *made = condition_new(c, CONDITION_COMPARE, e);
    made->type = BOOLEAN;
    made->left = left;
    made->right = right;
    for (size_t i = 0; i < LENGTH(COMPARISONS); i++) {
        if (COMPARISONS[i].syntax == e->op)
            made->op = COMPARISONS[i].op;
    }
    bool is_ordered = made->op >= CONDITION_LESS;
    const condition *known = left->kind == CONDITION_NULL ? right : left;
    bool has_null =
        left->kind == CONDITION_NULL || right->kind == CONDITION_NULL;
    if (is_ordered && has_null) {
        condition_report(c, DIAG_BAD_COMPARISON, e->mark,
                         "nothing is larger or smaller than null");
        return NULL;
    }
    return is_ordered && !check_order(c, e, known) ? NULL : made;
}

/* The elements of right, one by one, or its type. */
static bool unite_in(condition_reader *c, const expression *e,
                     const condition *left, const condition *right) {
    arena *a = c->resolver->arena;
    condition element = *right;
    element.type.is_list = false;
    const condition *one = &element;
    if (right->type.is_list && left->type.kind != TYPE_ROW &&
        left->type.kind != TYPE_NULL)
        return right->kind == CONDITION_LIST ||
               condition_unite(c, e, &left, &one);
    str type = condition_type_print(a, right->type);
    if (left->type.kind == TYPE_ROW || right->type.kind == TYPE_ROW) {
        diag *d = condition_report(c, DIAG_BAD_COMPARISON, e->span,
                                   "'in' looks for values, not for rows");
        diag_help(a, d, "ask with members?[user == auth()]");
    } else {
        condition_report(c, DIAG_BAD_COMPARISON, e->right->span,
                         "'in' takes a list, not %.*s", STR_ARG(type));
    }
    return false;
}

static const condition *read_in(condition_reader *c, const expression *e) {
    const condition *left = condition_read(c, e->left, NULL);
    if (left == NULL)
        return NULL;
    condition_type list = left->type;
    list.is_list = true;
    const condition *right = condition_read(c, e->right, &list);
    if (right == NULL || !unite_in(c, e, left, right))
        return NULL;
    condition *made = condition_new(c, CONDITION_IN, e);
    made->type = BOOLEAN;
    made->left = left;
    made->right = right;
    return made;
}

static bool require_boolean(condition_reader *c, const condition *made,
                            const expression *e) {
    if (condition_type_is(made->type, SCALAR_BOOLEAN))
        return true;
    arena *a = c->resolver->arena;
    str type = condition_type_print(a, made->type);
    diag *d = condition_report(c, DIAG_NOT_A_CONDITION, e->span,
                               "a condition is true or false, and this is "
                               "%.*s",
                               STR_ARG(type));
    if (made->type.kind == TYPE_ROW && !made->type.is_list)
        diag_help(a, d, "ask whether it is there with != null");
    else if (made->type.kind == TYPE_ROW)
        diag_help(a, d,
                  "ask for some of them with ?[...], for all with "
                  "![...], for none with ^[...]");
    return false;
}

static const condition *read_boolean(condition_reader *c, const expression *e) {
    const condition *made = condition_read(c, e, &BOOLEAN);
    return made != NULL && require_boolean(c, made, e) ? made : NULL;
}

/* Both sides are read, so that mistakes in both are said. */
static const condition *read_logic(condition_reader *c, const expression *e) {
    condition *made = condition_new(
        c, e->op == OPERATOR_AND ? CONDITION_AND : CONDITION_OR, e);
    made->type = BOOLEAN;
    made->left = read_boolean(c, e->left);
    made->right = read_boolean(c, e->right);
    return made->left != NULL && made->right != NULL ? made : NULL;
}

static const condition *report_states(condition_reader *c,
                                      const expression *e) {
    diag *d = condition_report(c, DIAG_BAD_COMPARISON, e->mark,
                               "'->' and '|' are for @@states");
    if (e->op == OPERATOR_EITHER)
        diag_help(c->resolver->arena, d, "write '||'");
    return NULL;
}

static const condition *read_binary(condition_reader *c, const expression *e) {
    if (e->op == OPERATOR_BECOMES || e->op == OPERATOR_EITHER)
        return report_states(c, e);
    if (e->op == OPERATOR_AND || e->op == OPERATOR_OR)
        return read_logic(c, e);
    return e->op == OPERATOR_IN ? read_in(c, e) : read_comparison(c, e);
}

static const condition *read_not(condition_reader *c, const expression *e) {
    condition *made = condition_new(c, CONDITION_NOT, e);
    made->type = BOOLEAN;
    made->left = read_boolean(c, e->left);
    return made->left != NULL ? made : NULL;
}

/* ---- Predicates -------------------------------------------------------------- */

static bool check_rows(condition_reader *c, const expression *e,
                       const condition *rows) {
    if (rows->kind == CONDITION_PATH && rows->type.kind == TYPE_ROW &&
        rows->type.is_list)
        return true;
    arena *a = c->resolver->arena;
    str type = condition_type_print(a, rows->type);
    diag *d = condition_report(c, DIAG_BAD_PREDICATE, e->left->span,
                               "a predicate asks about the rows of a list "
                               "relation, and this is %.*s",
                               STR_ARG(type));
    if (rows->type.is_list)
        diag_help(a, d,
                  "ask about the elements of a list with has(), "
                  "hasSome(), hasEvery() or isEmpty()");
    else if (rows->type.kind == TYPE_ROW)
        diag_help(a, d, "the members of one row are reached with '.'");
    return false;
}

static condition_kind predicate_kind(operator_kind op) {
    return op == OPERATOR_SOME    ? CONDITION_SOME
           : op == OPERATOR_EVERY ? CONDITION_EVERY
                                  : CONDITION_NONE;
}

static const condition *read_predicate(condition_reader *c,
                                       const expression *e) {
    const condition *rows = condition_read(c, e->left, NULL);
    if (rows == NULL || !check_rows(c, e, rows))
        return NULL;
    /* The parser's depth bounds the first; only models have lists. */
    ASSERT(c->scope_count < LENGTH(c->scopes) && rows->type.model != NULL);
    c->scopes[c->scope_count++] = (condition_scope){
        .model = &c->resolver->model_drafts[rows->type.model->index],
        .name = e->name_count > 0 ? e->names[0].text : (str){0}};
    condition *made = condition_new(c, predicate_kind(e->op), e);
    made->type = BOOLEAN;
    made->left = rows;
    made->right = read_boolean(c, e->right);
    c->scope_count--;
    return made->right != NULL ? made : NULL;
}

/* ---- Literals ---------------------------------------------------------------- */

static const condition *read_number(condition_reader *c, const expression *e) {
    condition *made = condition_new(c, CONDITION_CONSTANT, e);
    int64_t ignored;
    err *failure = decimal_parse(c->resolver->arena, e->text, &made->text);
    if (failure != NULL) {
        condition_report(c, DIAG_BAD_COMPARISON, e->span,
                         "'%.*s' is not a number that can be kept",
                         STR_ARG(e->text));
        return NULL;
    }
    made->type.kind = TYPE_SCALAR;
    made->type.scalar =
        str_parse_int64(made->text, &ignored) ? SCALAR_BIGINT : SCALAR_DECIMAL;
    return made;
}

static const condition *read_string(condition_reader *c, const expression *e) {
    condition *made = condition_new(c, CONDITION_CONSTANT, e);
    made->type = (condition_type){.kind = TYPE_SCALAR, .scalar = SCALAR_STRING};
    made->text = e->text;
    return made;
}

/* All of one type: the expected one, else that of the first. */
static const condition *read_list(condition_reader *c, const expression *e,
                                  const condition_type *expected) {
    arena *a = c->resolver->arena;
    condition *made = condition_new(c, CONDITION_LIST, e);
    condition *items = arena_new_array(a, condition, e->count);
    condition like = {.kind = CONDITION_PATH};
    bool has_type = expected != NULL && expected->kind != TYPE_NULL;
    if (expected != NULL)
        like.type = *expected;
    like.type.is_list = false;
    for (size_t i = 0; i < e->count; i++) {
        const expression *value = e->items[i].value;
        const condition *item =
            condition_read(c, value, has_type ? &like.type : NULL);
        const condition *first = &like;
        if (item == NULL ||
            (has_type && !condition_unite(c, value, &first, &item)))
            return NULL;
        if (!has_type)
            like.type = item->type;
        has_type = true;
        items[i] = *item;
    }
    made->items = items;
    made->count = e->count;
    made->type = like.type;
    made->type.is_list = true;
    return made;
}

/* ---- All together -------------------------------------------------------------- */

const condition *condition_read(condition_reader *c, const expression *e,
                                const condition_type *expected) {
    switch (e->kind) {
    case EXPRESSION_NUMBER:
        return read_number(c, e);
    case EXPRESSION_STRING:
        return read_string(c, e);
    case EXPRESSION_NAME:
        return condition_read_name(c, e, expected);
    case EXPRESSION_CALL:
        return condition_read_call(c, e);
    case EXPRESSION_LIST:
        return read_list(c, e, expected);
    case EXPRESSION_MEMBER:
        return condition_read_member(c, e);
    case EXPRESSION_PREDICATE:
        return read_predicate(c, e);
    case EXPRESSION_BINARY:
        return read_binary(c, e);
    case EXPRESSION_NOT:
        return read_not(c, e);
    case EXPRESSION_GROUP:
        return condition_read(c, e->left, expected);
    }
    PANIC("no such expression");
}

const condition *resolve_condition(resolver *r, condition_use use,
                                   const policy_rule *rule, model_draft *m,
                                   const expression *e) {
    condition_reader c = {.resolver = r, .use = use, .rule = rule};
    c.scopes[c.scope_count++] = (condition_scope){.model = m};
    return read_boolean(&c, e);
}
