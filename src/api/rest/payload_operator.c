#include "api/rest/payload_operator.h"

static err *refuse(arena *a, const payload *p, size_t row, size_t slot) {
    return err_with_hint(
        err_new(
            a, ERR_BODY,
            "column \"%.*s\" has another operator in object %zu than in the "
            "first",
            STR_ARG(p->fields[slot]->column), row + 1),
        STR("a write does the same to a column in all rows: send the others as "
            "a write of their own, in one transaction by a batch"));
}

err *payload_operator_note(arena *a, payload *p, size_t row, size_t slot,
                           relative_operator op) {
    if (p->operators == NULL)
        p->operators = arena_new_array(a, relative_operator, p->field_count);
    if (row == 0)
        p->operators[slot] = op;
    return p->operators[slot] == op ? NULL : refuse(a, p, row, slot);
}
