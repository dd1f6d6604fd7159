#include "api/rest/operator.h"

#include "core/coerce.h"

#define ABSENT(name)                                                           \
    { STR_INIT(name), STR_INIT(""), OPERATOR_ABSENT, COMPARE_EQ, false }

static const operator_row OPERATORS[] = {
    {STR_INIT("eq"), STR_INIT("="), OPERATOR_COMPARE, COMPARE_EQ, false},
    {STR_INIT("neq"), STR_INIT("<>"), OPERATOR_COMPARE, COMPARE_NEQ, false},
    {STR_INIT("gt"), STR_INIT(">"), OPERATOR_COMPARE, COMPARE_GT, false},
    {STR_INIT("gte"), STR_INIT(">="), OPERATOR_COMPARE, COMPARE_GTE, false},
    {STR_INIT("lt"), STR_INIT("<"), OPERATOR_COMPARE, COMPARE_LT, false},
    {STR_INIT("lte"), STR_INIT("<="), OPERATOR_COMPARE, COMPARE_LTE, false},
    {STR_INIT("in"), STR_INIT("="), OPERATOR_IN, COMPARE_EQ, false},
    {STR_INIT("is"), STR_INIT("IS"), OPERATOR_IS, COMPARE_EQ, false},
    {STR_INIT("like"), STR_INIT("~~"), OPERATOR_LIKE, COMPARE_EQ, true},
    {STR_INIT("ilike"), STR_INIT("~~*"), OPERATOR_LIKE, COMPARE_EQ, false},
    {STR_INIT("isdistinct"), STR_INIT("="), OPERATOR_DISTINCT, COMPARE_NEQ,
     false},
    ABSENT("match"),
    ABSENT("imatch"),
    ABSENT("cs"),
    ABSENT("cd"),
    ABSENT("ov"),
    ABSENT("sl"),
    ABSENT("sr"),
    ABSENT("nxr"),
    ABSENT("nxl"),
    ABSENT("adj"),
    ABSENT("fts"),
    ABSENT("plfts"),
    ABSENT("phfts"),
    ABSENT("wfts"),
};

static const operator_row *find(str name) {
    for (size_t i = 0; i < LENGTH(OPERATORS); i++) {
        if (str_equal(OPERATORS[i].name, name))
            return &OPERATORS[i];
    }
    return NULL;
}

static str take_word(scan *s) {
    size_t from = s->at;
    while (scan_peek(s) >= 'a' && scan_peek(s) <= 'z')
        s->at++;
    return str_slice(s->text, from, s->at);
}

err *operator_take(arena *a, scan *s, bool *is_negated,
                   const operator_row **out) {
    *is_negated = scan_take_word(s, STR("not."));
    size_t from = s->at;
    str name = take_word(s);
    const operator_row *op = find(name);
    if (op == NULL)
        return err_with_hint(
            scan_fail_at(a, s, from,
                         *is_negated ? "operator (eq, gt, ...)"
                                     : "\"not\" or operator (eq, gt, ...)"),
            STR("a filter is column=operator.value, such as id=eq.5"));
    if (op->kind == OPERATOR_ABSENT)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "the operator '%.*s' is not supported yet",
                       STR_ARG(name));
    if (scan_peek(s) == '(' && op->kind != OPERATOR_IN)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "%.*s(any) and %.*s(all) are not supported yet",
                       STR_ARG(name), STR_ARG(name));
    if (!scan_take(s, '.'))
        return scan_fail(a, s, "\".\"");
    *out = op;
    return NULL;
}

static err *refuse(arena *a, const operator_row *op, const field *f) {
    str type = coerce_type_name(f);
    err *e = err_new(a, ERR_OPERATOR_TYPE,
                     "operator does not exist: %.*s %.*s unknown",
                     STR_ARG(type), STR_ARG(op->sql));
    return err_with_hint(
        e, arena_printf(a, "column %.*s.%.*s cannot be filtered with '%.*s'",
                        STR_ARG(f->model->table), STR_ARG(f->column),
                        STR_ARG(op->name)));
}

err *operator_check_type(arena *a, const operator_row *op, const field *f) {
    bool is_ordering = op->kind == OPERATOR_COMPARE &&
                       op->compare != COMPARE_EQ && op->compare != COMPARE_NEQ;
    bool is_text = f->kind == FIELD_SCALAR && f->scalar == SCALAR_STRING;
    if (op->kind == OPERATOR_LIKE && !is_text)
        return refuse(a, op, f);
    if (op->kind != OPERATOR_IS && f->scalar == SCALAR_JSON)
        return refuse(a, op, f);
    /* The order of an enum is that of its declaration, which an engine that
     * stores its names as text does not know. */
    if (is_ordering && f->kind == FIELD_ENUM)
        return refuse(a, op, f);
    return NULL;
}
