#include "api/rest/operator.h"

#include "core/coerce.h"

#define ROW(name, sql, kind, compare, is_case_sensitive)                       \
    {                                                                          \
        STR_INIT(name), STR_INIT(sql), OPERATOR_##kind, COMPARE_##compare,     \
            is_case_sensitive, LIST_CONTAINS                                   \
    }
#define LIST(name, sql, list)                                                  \
    { STR_INIT(name), STR_INIT(sql), OPERATOR_LIST, COMPARE_EQ, false, list }
#define ABSENT(name) ROW(name, "", ABSENT, EQ, false)

static const operator_row OPERATORS[] = {
    ROW("eq", "=", COMPARE, EQ, false),
    ROW("neq", "<>", COMPARE, NEQ, false),
    ROW("gt", ">", COMPARE, GT, false),
    ROW("gte", ">=", COMPARE, GTE, false),
    ROW("lt", "<", COMPARE, LT, false),
    ROW("lte", "<=", COMPARE, LTE, false),
    ROW("in", "=", IN, EQ, false),
    ROW("is", "IS", IS, EQ, false),
    ROW("like", "~~", LIKE, EQ, true),
    ROW("ilike", "~~*", LIKE, EQ, false),
    ROW("isdistinct", "=", DISTINCT, NEQ, false),
    ABSENT("match"),
    ABSENT("imatch"),
    LIST("cs", "@>", LIST_CONTAINS),
    LIST("cd", "<@", LIST_IS_CONTAINED),
    LIST("ov", "&&", LIST_OVERLAPS),
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

bool operator_is_next(str text) {
    scan s = {.text = text, .what = "filter"};
    (void)scan_take_word(&s, STR("not."));
    return find(take_word(&s)) != NULL &&
           (scan_peek(&s) == '.' || scan_peek(&s) == '(');
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
                     "operator does not exist: %.*s%s %.*s unknown",
                     STR_ARG(type), f->is_list ? "[]" : "", STR_ARG(op->sql));
    return err_with_hint(
        e, arena_printf(a, "column %.*s.%.*s cannot be filtered with '%.*s'",
                        STR_ARG(f->model->table), STR_ARG(f->column),
                        STR_ARG(op->name)));
}

static bool is_equality(const operator_row *op) {
    return op->kind == OPERATOR_COMPARE &&
           (op->compare == COMPARE_EQ || op->compare == COMPARE_NEQ);
}

/* Lists are kept as text in one form, so they can be equal, but one is not
 * before another. JSON values have no such form. */
static bool has_list_operator(const operator_row *op, const field *f) {
    if (op->kind == OPERATOR_IS)
        return true;
    return f->scalar != SCALAR_JSON &&
           (op->kind == OPERATOR_LIST || is_equality(op));
}

static bool has_operator(const operator_row *op, const field *f) {
    bool is_text = f->kind == FIELD_SCALAR && f->scalar == SCALAR_STRING;
    if (f->is_list)
        return has_list_operator(op, f);
    if (op->kind == OPERATOR_LIST || (op->kind == OPERATOR_LIKE && !is_text))
        return false;
    if (op->kind != OPERATOR_IS && f->scalar == SCALAR_JSON)
        return false;
    return true;
}

err *operator_check_type(arena *a, const operator_row *op, const field *f) {
    return has_operator(op, f) ? NULL : refuse(a, op, f);
}
