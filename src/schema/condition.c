#include "schema/condition.h"

#include "base/json.h"
#include "schema/schema.h"

static const str OPERATORS[] = {
    [CONDITION_EQUAL] = STR_INIT(" == "),
    [CONDITION_NOT_EQUAL] = STR_INIT(" != "),
    [CONDITION_LESS] = STR_INIT(" < "),
    [CONDITION_LESS_EQUAL] = STR_INIT(" <= "),
    [CONDITION_GREATER] = STR_INIT(" > "),
    [CONDITION_GREATER_EQUAL] = STR_INIT(" >= "),
};

static const str MEMBERS[] = {
    [PRINCIPAL_ITSELF] = STR_INIT(""),
    [PRINCIPAL_ID] = STR_INIT(".id"),
    [PRINCIPAL_EMAIL] = STR_INIT(".email"),
    [PRINCIPAL_ROLE] = STR_INIT(".role"),
};

bool condition_is(const condition *c, bool wanted) {
    return c->kind == CONDITION_CONSTANT && c->type.kind == TYPE_SCALAR &&
           c->type.scalar == SCALAR_BOOLEAN && c->boolean == wanted;
}

static void print_constant(buf *out, const condition *c) {
    bool is_scalar = c->type.kind == TYPE_SCALAR;
    if (is_scalar && c->type.scalar == SCALAR_BOOLEAN)
        buf_append(out, c->boolean ? STR("true") : STR("false"));
    else if (is_scalar && (c->type.scalar == SCALAR_STRING ||
                           c->type.scalar == SCALAR_DATETIME))
        json_write_string(out, c->text);
    else
        buf_append(out, c->text);
}

static void print_path(buf *out, const condition *c) {
    if (c->root == ROOT_AUTH)
        buf_append(out, STR("auth()"));
    else if (c->root == ROOT_BEFORE)
        buf_append(out, STR("before()"));
    else if (c->scope == 0)
        buf_append(out, STR("this"));
    else
        buf_printf(out, "element%u", c->scope);
    buf_append(out, MEMBERS[c->member]);
    for (size_t i = 0; i < c->step_count; i++) {
        buf_append_char(out, '.');
        buf_append(out, c->steps[i]->name);
    }
}

static void print_items(buf *out, const condition *c, char open, char close) {
    buf_append_char(out, open);
    for (size_t i = 0; i < c->count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        condition_print(out, &c->items[i]);
    }
    buf_append_char(out, close);
}

static void print_two(buf *out, const condition *c, str between) {
    buf_append_char(out, '(');
    condition_print(out, c->left);
    buf_append(out, between);
    condition_print(out, c->right);
    buf_append_char(out, ')');
}

static void print_predicate(buf *out, const condition *c, str mark) {
    condition_print(out, c->left);
    buf_append(out, mark);
    buf_append_char(out, '[');
    condition_print(out, c->right);
    buf_append_char(out, ']');
}

static void print_call(buf *out, const condition *c) {
    if (c->function == FUNCTION_CAN)
        buf_append(out, STR("auth()."));
    buf_append(out, condition_function_name(c->function));
    print_items(out, c, '(', ')');
}

void condition_print(buf *out, const condition *c) {
    switch (c->kind) {
    case CONDITION_NULL:
        buf_append(out, STR("null"));
        return;
    case CONDITION_CONSTANT:
        print_constant(out, c);
        return;
    case CONDITION_LIST:
        print_items(out, c, '[', ']');
        return;
    case CONDITION_PATH:
        print_path(out, c);
        return;
    case CONDITION_CALL:
        print_call(out, c);
        return;
    case CONDITION_COMPARE:
        print_two(out, c, OPERATORS[c->op]);
        return;
    case CONDITION_IN:
        print_two(out, c, STR(" in "));
        return;
    case CONDITION_NOT:
        buf_append_char(out, '!');
        condition_print(out, c->left);
        return;
    case CONDITION_AND:
        print_two(out, c, STR(" && "));
        return;
    case CONDITION_OR:
        print_two(out, c, STR(" || "));
        return;
    case CONDITION_SOME:
        print_predicate(out, c, STR("?"));
        return;
    case CONDITION_EVERY:
        print_predicate(out, c, STR("!"));
        return;
    case CONDITION_NONE:
        print_predicate(out, c, STR("^"));
        return;
    }
}
