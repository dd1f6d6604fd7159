#include "core/coerce_change.h"

bool coerce_change_is(const field *f, const json *j) {
    bool is_json = f->kind == FIELD_SCALAR && f->scalar == SCALAR_JSON;
    return j->kind == JSON_OBJECT && !f->is_foreign && (f->is_list || !is_json);
}

/* ---- What is wrong ------------------------------------------------------ */

static str taken_by(arena *a, const field *f) {
    str names = STR("set");
    if (!f->is_list)
        names = STR("set, unset");
    for (relative_operator op = RELATIVE_INCREMENT; op <= RELATIVE_PUSH; op++)
        if (relative_operator_fits(op, f))
            names = arena_printf(a, "%.*s, %.*s", STR_ARG(names),
                                 STR_ARG(relative_operator_name(op)));
    return names;
}

static err *refuse(arena *a, const field *f, str why) {
    str type = coerce_type_name(f);
    return err_with_hint(
        err_new(a, ERR_VALUE_TYPE, "column \"%.*s\" is of type %.*s%s: %.*s",
                STR_ARG(f->column), STR_ARG(type), f->is_list ? "[]" : "",
                STR_ARG(why)),
        arena_printf(a,
                     "write a value, or an object of one operator; the column "
                     "has %.*s",
                     STR_ARG(taken_by(a, f))));
}

static err *refuse_operator(arena *a, const field *f, str name) {
    return refuse(
        a, f, arena_printf(a, "it has no operator \"%.*s\"", STR_ARG(name)));
}

static err *refuse_count(arena *a, const field *f, const json *j) {
    if (j->count == 0)
        return refuse(a, f, STR("an empty object is no value of it"));
    return refuse(a, f,
                  arena_printf(a, "\"%.*s\" and \"%.*s\" cannot both be done",
                               STR_ARG(j->keys[0]), STR_ARG(j->keys[1])));
}

/* ---- Operands ----------------------------------------------------------- */

static err *unset(arena *a, const field *f, const json *operand, value *out) {
    if (f->is_list)
        return refuse_operator(a, f, STR("unset"));
    if (operand->kind != JSON_TRUE)
        return refuse(a, f, STR("\"unset\" takes true"));
    *out = (value){.kind = VALUE_NULL};
    return NULL;
}

/* One element is a list of one. */
static err *read_push(arena *a, const field *f, const json *operand,
                      value *out) {
    json list = {.kind = JSON_ARRAY, .count = 1, .items = operand};
    return coerce_json(a, f, operand->kind == JSON_ARRAY ? operand : &list,
                       out);
}

static err *read_operand(arena *a, const field *f, relative_operator op,
                         const json *operand, value *out) {
    if (op == RELATIVE_PUSH)
        return read_push(a, f, operand, out);
    if (op != RELATIVE_SET && operand->kind == JSON_NULL)
        return refuse(a, f,
                      arena_printf(a, "\"%.*s\" takes a number, not null",
                                   STR_ARG(relative_operator_name(op))));
    return coerce_json(a, f, operand, out);
}

err *coerce_change(arena *a, const field *f, const json *j,
                   relative_operator *op, value *operand) {
    if (j->count != 1)
        return refuse_count(a, f, j);
    *op = RELATIVE_SET;
    if (str_equal(j->keys[0], STR("unset")))
        return unset(a, f, &j->items[0], operand);
    while (*op <= RELATIVE_PUSH &&
           !str_equal(relative_operator_name(*op), j->keys[0]))
        (*op)++;
    if (*op > RELATIVE_PUSH || !relative_operator_fits(*op, f))
        return refuse_operator(a, f, j->keys[0]);
    return read_operand(a, f, *op, &j->items[0], operand);
}
