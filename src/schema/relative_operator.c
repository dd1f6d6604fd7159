#include "schema/relative_operator.h"

static const str NAMES[] = {
    [RELATIVE_SET] = STR_INIT("set"),
    [RELATIVE_INCREMENT] = STR_INIT("increment"),
    [RELATIVE_DECREMENT] = STR_INIT("decrement"),
    [RELATIVE_MULTIPLY] = STR_INIT("multiply"),
    [RELATIVE_DIVIDE] = STR_INIT("divide"),
    [RELATIVE_PUSH] = STR_INIT("push"),
};
_Static_assert(LENGTH(NAMES) == RELATIVE_PUSH + 1, "all are named");

str relative_operator_name(relative_operator op) {
    return NAMES[op];
}

bool relative_operator_fits(relative_operator op, const field *f) {
    if (op == RELATIVE_SET)
        return true;
    if (f->is_foreign)
        return false;
    if (op == RELATIVE_PUSH)
        return f->is_list;
    return !f->is_list && f->kind == FIELD_SCALAR &&
           scalar_type_is_number(f->scalar);
}
