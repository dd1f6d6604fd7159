#include "core/filter_eval.h"

#include "base/decimal.h"
#include "base/timestamp.h"

/* ---- What can be judged -------------------------------------------------- */

static bool is_number(const field *f) {
    return f->kind == FIELD_SCALAR &&
           (f->scalar == SCALAR_INT || f->scalar == SCALAR_BIGINT ||
            f->scalar == SCALAR_FLOAT || f->scalar == SCALAR_DECIMAL);
}

static bool is_time(const field *f) {
    return f->kind == FIELD_SCALAR && f->scalar == SCALAR_DATETIME;
}

/* Texts are equal when their bytes are, but for types with a mind of their
 * own, such as citext and char(n). */
static bool has_equality(const field *f) {
    static const str PLAIN[] = {STR_INIT("Text"), STR_INIT("VarChar"),
                                STR_INIT("Uuid")};
    if (f->is_list || f->is_foreign || f->scalar == SCALAR_JSON)
        return false;
    if (f->kind == FIELD_ENUM || f->scalar != SCALAR_STRING ||
        f->native.spec == NULL)
        return true;
    for (size_t i = 0; i < LENGTH(PLAIN); i++)
        if (str_equal(f->native.spec->name, PLAIN[i]))
            return true;
    return false;
}

static bool can_compare(const filter *f) {
    bool is_equality = f->op == COMPARE_EQ || f->op == COMPARE_NEQ;
    return has_equality(f->field) &&
           (is_equality || is_number(f->field) || is_time(f->field));
}

static bool can_all(const filter *f) {
    for (size_t i = 0; i < f->child_count; i++)
        if (!filter_eval_can(f->children[i]))
            return false;
    return true;
}

bool filter_eval_can(const filter *f) {
    if (f == NULL)
        return true;
    if (f->derivation != NULL)
        return false;
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        return can_all(f);
    case FILTER_COMPARE:
        return can_compare(f);
    case FILTER_IN:
        return has_equality(f->field);
    case FILTER_IS:
        return true;
    case FILTER_LIKE:
    case FILTER_LIST:
    case FILTER_MATCH:
    case FILTER_RANGE:
    case FILTER_SEARCH:
    case FILTER_EXISTS:
        break;
    }
    return false;
}

void filter_eval_mark(const filter *f, bool *columns) {
    if (f == NULL)
        return;
    if (f->field != NULL)
        columns[f->field->column_index] = true;
    for (size_t i = 0; i < f->child_count; i++)
        filter_eval_mark(f->children[i], columns);
}

/* ---- Cells --------------------------------------------------------------- */

static value cell_of(const condition_row *row, const field *f) {
    int32_t at = row->cell_of[f->column_index];
    return at == CONDITION_NO_CELL ? (value){.kind = VALUE_NULL}
                                   : row->cells[at];
}

static int compare_times(arena *a, str x, str y) {
    timestamp left;
    timestamp right;
    if (timestamp_parse(a, x, &left) != NULL ||
        timestamp_parse(a, y, &right) != NULL)
        return str_compare(x, y);
    return (left.ms > right.ms) - (left.ms < right.ms);
}

/* Negative, zero or positive. Of what has no order only zero means a thing. */
static int compare(arena *a, const field *f, const value *x, const value *y) {
    if (is_number(f))
        return decimal_compare(condition_eval_decimal(a, f, x),
                               condition_eval_decimal(a, f, y));
    if (is_time(f))
        return compare_times(a, x->text, y->text);
    if (x->kind == VALUE_BOOL)
        return (int)x->boolean - (int)y->boolean;
    return str_compare(x->text, y->text);
}

/* ---- Truth --------------------------------------------------------------- */

static truth truth_of(bool b) {
    return b ? TRUTH_TRUE : TRUTH_FALSE;
}

static truth not(truth t) {
    if (t == TRUTH_UNKNOWN)
        return t;
    return truth_of(t == TRUTH_FALSE);
}

static truth compare_to(arena *a, const filter *f, const value *cell,
                        const value *wanted) {
    if (cell->kind != wanted->kind || cell->kind == VALUE_NULL)
        return TRUTH_UNKNOWN;
    int order = compare(a, f->field, cell, wanted);
    switch (f->kind == FILTER_IN ? COMPARE_EQ : f->op) {
    case COMPARE_EQ:
        return truth_of(order == 0);
    case COMPARE_NEQ:
        return truth_of(order != 0);
    case COMPARE_GT:
        return truth_of(order > 0);
    case COMPARE_GTE:
        return truth_of(order >= 0);
    case COMPARE_LT:
        return truth_of(order < 0);
    case COMPARE_LTE:
        return truth_of(order <= 0);
    }
    return TRUTH_UNKNOWN;
}

static truth is_among(arena *a, const filter *f, const value *cell) {
    truth t = TRUTH_FALSE;
    for (size_t i = 0; i < f->value_count && t != TRUTH_TRUE; i++) {
        truth one = compare_to(a, f, cell, &f->values[i]);
        t = one == TRUTH_FALSE ? t : one;
    }
    return t;
}

static truth is_what_it_says(const filter *f, const value *cell) {
    bool is_null = cell->kind == VALUE_NULL;
    switch (f->what) {
    case IS_NULL:
    case IS_UNKNOWN:
        return truth_of(is_null);
    case IS_TRUE:
        return truth_of(!is_null && cell->boolean);
    case IS_FALSE:
        return truth_of(!is_null && !cell->boolean);
    }
    return TRUTH_UNKNOWN;
}

/* Of all the first false, of any the first true; else unknown if one is. */
static truth of_children(arena *a, const filter *f, const condition_row *row) {
    truth decisive = f->kind == FILTER_ALL ? TRUTH_FALSE : TRUTH_TRUE;
    truth t = not(decisive);
    for (size_t i = 0; i < f->child_count; i++) {
        truth one = filter_eval(a, f->children[i], row);
        if (one == decisive)
            return one;
        if (one == TRUTH_UNKNOWN)
            t = one;
    }
    return t;
}

static truth plain(arena *a, const filter *f, const condition_row *row) {
    if (f->kind == FILTER_ALL || f->kind == FILTER_ANY)
        return of_children(a, f, row);
    value cell = cell_of(row, f->field);
    if (f->kind == FILTER_IS)
        return is_what_it_says(f, &cell);
    return f->kind == FILTER_IN ? is_among(a, f, &cell)
                                : compare_to(a, f, &cell, &f->value);
}

truth filter_eval(arena *a, const filter *f, const condition_row *row) {
    if (f == NULL)
        return TRUTH_TRUE;
    truth t = plain(a, f, row);
    return f->is_negated ? not(t) : t;
}
