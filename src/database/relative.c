#include "database/relative.h"

#include <math.h>

#include "base/assert.h"
#include "base/decimal_math.h"

enum {
    /* Of a Decimal without a native type, DECIMAL(65,30). */
    FREE_PRECISION = 65,
    FREE_SCALE = 30,
};

static err *divided_by_zero(arena *a) {
    return err_new(a, ERR_DIVISION, "division by zero");
}

/* ---- Integers ----------------------------------------------------------- */

static err *integer_out_of_range(arena *a, const field *f) {
    return err_new(a, ERR_VALUE_RANGE, "%s out of range",
                   f->scalar == SCALAR_INT ? "integer" : "bigint");
}

/* False if it overflows. */
static bool calculate_integer(relative_operator op, int64_t x, int64_t y,
                              int64_t *out) {
    switch (op) {
    case RELATIVE_INCREMENT:
        return !__builtin_add_overflow(x, y, out);
    case RELATIVE_DECREMENT:
        return !__builtin_sub_overflow(x, y, out);
    case RELATIVE_MULTIPLY:
        return !__builtin_mul_overflow(x, y, out);
    case RELATIVE_DIVIDE:
        if (y == -1)
            return !__builtin_sub_overflow(INT64_C(0), x, out);
        *out = x / y;
        return true;
    case RELATIVE_SET:
    case RELATIVE_PUSH:
        break;
    }
    PANIC("no arithmetic");
}

static err *apply_integer(arena *a, const field *f, relative_operator op,
                          int64_t x, int64_t y, value *out) {
    int64_t n;
    if (op == RELATIVE_DIVIDE && y == 0)
        return divided_by_zero(a);
    if (!calculate_integer(op, x, y, &n) ||
        (f->scalar == SCALAR_INT && (n < INT32_MIN || n > INT32_MAX)))
        return integer_out_of_range(a, f);
    *out = (value){.kind = VALUE_INT, .integer = n};
    return NULL;
}

/* ---- Floats ------------------------------------------------------------- */

static double calculate_real(relative_operator op, double x, double y) {
    switch (op) {
    case RELATIVE_INCREMENT:
        return x + y;
    case RELATIVE_DECREMENT:
        return x - y;
    case RELATIVE_MULTIPLY:
        return x * y;
    case RELATIVE_DIVIDE:
        return x / y;
    case RELATIVE_SET:
    case RELATIVE_PUSH:
        break;
    }
    PANIC("no arithmetic");
}

static bool is_real_zero(double x) {
    return fpclassify(x) == FP_ZERO;
}

/* Neither of a product's factors is zero, nor is a dividend. */
static bool is_underflow(relative_operator op, double x, double y,
                         double result) {
    if (!is_real_zero(result) || is_real_zero(x))
        return false;
    return op == RELATIVE_DIVIDE ||
           (op == RELATIVE_MULTIPLY && !is_real_zero(y));
}

static err *apply_real(arena *a, relative_operator op, double x, double y,
                       value *out) {
    if (op == RELATIVE_DIVIDE && is_real_zero(y))
        return divided_by_zero(a);
    double result = calculate_real(op, x, y);
    if (!isfinite(result))
        return err_new(a, ERR_VALUE_RANGE, "value out of range: overflow");
    if (is_underflow(op, x, y, result))
        return err_new(a, ERR_VALUE_RANGE, "value out of range: underflow");
    *out = (value){.kind = VALUE_FLOAT, .real = result};
    return NULL;
}

/* ---- Decimals ----------------------------------------------------------- */

static bool is_free(const field *f) {
    return f->native.spec == NULL;
}

/* As PostgreSQL keeps it: with all digits behind the point that the column
 * has. */
static str stored(arena *a, const field *f, str decimal) {
    if (is_free(f))
        return decimal_round(a, decimal, FREE_SCALE);
    if (f->native.parameter_count == 0)
        return decimal;
    bool has_scale = f->native.parameter_count > 1;
    return decimal_round(a, decimal,
                         has_scale ? (size_t)f->native.parameters[1] : 0);
}

static str calculate_decimal(arena *a, relative_operator op, str x, str y) {
    switch (op) {
    case RELATIVE_INCREMENT:
        return decimal_add(a, x, y);
    case RELATIVE_DECREMENT:
        return decimal_add(a, x, decimal_negate(a, y));
    case RELATIVE_MULTIPLY:
        return decimal_multiply(a, x, y);
    case RELATIVE_DIVIDE:
        return decimal_divide(a, x, y);
    case RELATIVE_SET:
    case RELATIVE_PUSH:
        break;
    }
    PANIC("no arithmetic");
}

static size_t count_whole_digits(str decimal) {
    size_t sign = str_starts_with(decimal, STR("-"));
    return str_find_char(decimal, '.') - sign;
}

static err *apply_decimal(arena *a, const field *f, relative_operator op, str x,
                          str y, value *out) {
    if (op == RELATIVE_DIVIDE && decimal_is_zero(y))
        return divided_by_zero(a);
    str result = calculate_decimal(a, op, stored(a, f, x), y);
    result = stored(a, f, result);
    if (is_free(f) && count_whole_digits(result) > FREE_PRECISION - FREE_SCALE)
        return err_new(a, ERR_VALUE_RANGE, "numeric field overflow");
    *out = (value){.kind = VALUE_TEXT,
                   .text = is_free(f) ? decimal_trim(result) : result};
    return NULL;
}

/* ---- Lists -------------------------------------------------------------- */

/* What stands between the brackets. */
static bool open_list(str list, str *out) {
    list = str_trim(list);
    if (!str_starts_with(list, STR("[")) || !str_ends_with(list, STR("]")) ||
        list.len < 2)
        return false;
    *out = str_trim(str_slice(list, 1, list.len - 1));
    return true;
}

static bool apply_push(arena *a, str list, str more, value *out) {
    str first;
    str second;
    if (!open_list(list, &first) || !open_list(more, &second))
        return false;
    bool has_both = first.len > 0 && second.len > 0;
    *out = (value){.kind = VALUE_TEXT,
                   .text = arena_printf(a, "[%.*s%s%.*s]", STR_ARG(first),
                                        has_both ? "," : "", STR_ARG(second))};
    return true;
}

/* ---- All of them -------------------------------------------------------- */

static err *corrupt(arena *a, relative_operator op) {
    return err_new(a, ERR_CORRUPT,
                   "a value that \"%.*s\" is to change is not of its column's "
                   "type",
                   STR_ARG(relative_operator_name(op)));
}

static err *apply_number(arena *a, const field *f, relative_operator op,
                         const value *x, const value *y, value *out) {
    if (x->kind != y->kind)
        return corrupt(a, op);
    switch (f->scalar) {
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return apply_integer(a, f, op, x->integer, y->integer, out);
    case SCALAR_FLOAT:
        return apply_real(a, op, x->real, y->real, out);
    case SCALAR_DECIMAL:
        return apply_decimal(a, f, op, x->text, y->text, out);
    case SCALAR_STRING:
    case SCALAR_BOOLEAN:
    case SCALAR_DATETIME:
    case SCALAR_JSON:
    case SCALAR_BYTES:
        break;
    }
    PANIC("no number");
}

err *relative_apply(arena *a, const field *f, relative_operator op,
                    const value *before, const value *operand, value *out) {
    ASSERT(relative_operator_fits(op, f) && operand->kind != VALUE_DEFAULT);
    bool is_null = before->kind == VALUE_NULL;
    if (op == RELATIVE_SET || (is_null && op == RELATIVE_PUSH)) {
        *out = *operand;
        return NULL;
    }
    if (is_null) {
        *out = *before;
        return NULL;
    }
    if (op != RELATIVE_PUSH)
        return apply_number(a, f, op, before, operand, out);
    bool is_list = before->kind == VALUE_TEXT && operand->kind == VALUE_TEXT;
    return is_list && apply_push(a, before->text, operand->text, out)
               ? NULL
               : corrupt(a, op);
}
