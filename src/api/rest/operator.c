#include "api/rest/operator.h"

#include "core/coerce.h"

#define COMPARE(word, sign, op, may_quantify)                                  \
    {                                                                          \
        .name = STR_INIT(word), .sql = STR_INIT(sign),                         \
        .kind = OPERATOR_COMPARE, .compare = COMPARE_##op,                     \
        .is_quantifiable = (may_quantify)                                      \
    }
#define TEXT(word, sign, what, has_case)                                       \
    {                                                                          \
        .name = STR_INIT(word), .sql = STR_INIT(sign),                         \
        .kind = OPERATOR_##what, .is_case_sensitive = (has_case),              \
        .is_quantifiable = true                                                \
    }
#define PLAIN(word, sign, what)                                                \
    { .name = STR_INIT(word), .sql = STR_INIT(sign), .kind = OPERATOR_##what }
#define LIST(word, sign, op)                                                   \
    {                                                                          \
        .name = STR_INIT(word), .sql = STR_INIT(sign), .kind = OPERATOR_LIST,  \
        .list = (op)                                                           \
    }
#define RANGE(word, sign, op)                                                  \
    {                                                                          \
        .name = STR_INIT(word), .sql = STR_INIT(sign), .kind = OPERATOR_RANGE, \
        .range = (op)                                                          \
    }
#define SEARCH(word, syntax)                                                   \
    {                                                                          \
        .name = STR_INIT(word), .sql = STR_INIT("@@"),                         \
        .kind = OPERATOR_SEARCH, .search = (syntax)                            \
    }

static const operator_row OPERATORS[] = {
    /* stays the first */
    COMPARE("eq", "=", EQ, true),
    COMPARE("neq", "<>", NEQ, false),
    COMPARE("gt", ">", GT, true),
    COMPARE("gte", ">=", GTE, true),
    COMPARE("lt", "<", LT, true),
    COMPARE("lte", "<=", LTE, true),
    PLAIN("in", "=", IN),
    PLAIN("is", "IS", IS),
    TEXT("like", "~~", LIKE, true),
    TEXT("ilike", "~~*", LIKE, false),
    PLAIN("isdistinct", "=", DISTINCT),
    TEXT("match", "~", MATCH, true),
    TEXT("imatch", "~*", MATCH, false),
    LIST("cs", "@>", LIST_CONTAINS),
    LIST("cd", "<@", LIST_IS_CONTAINED),
    LIST("ov", "&&", LIST_OVERLAPS),
    RANGE("sl", "<<", RANGE_IS_LEFT),
    RANGE("sr", ">>", RANGE_IS_RIGHT),
    RANGE("nxr", "&<", RANGE_ENDS_BEFORE),
    RANGE("nxl", "&>", RANGE_BEGINS_AFTER),
    RANGE("adj", "-|-", RANGE_IS_ADJACENT),
    SEARCH("fts", SEARCH_QUERY),
    SEARCH("plfts", SEARCH_PLAIN),
    SEARCH("phfts", SEARCH_PHRASE),
    SEARCH("wfts", SEARCH_WEB),
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

static err *take_quantifier(arena *a, scan *s, operator_use *out) {
    if (LIKELY(scan_peek(s) != '('))
        return NULL;
    if (scan_take_word(s, STR("(any)")))
        out->quantifier = QUANTIFIER_ANY;
    else if (scan_take_word(s, STR("(all)")))
        out->quantifier = QUANTIFIER_ALL;
    else
        return scan_fail(a, s, "(any) or (all)");
    return NULL;
}

/* What a word of PostgreSQL's catalog is made of; the engine binds it. */
static err *take_configuration(arena *a, scan *s, operator_use *out) {
    if (!scan_take(s, '('))
        return NULL;
    out->configuration = str_trim(scan_take_until(s, ")"));
    if (str_is_empty(out->configuration) || !scan_take(s, ')'))
        return scan_fail(a, s, "the name of a text search configuration");
    return NULL;
}

/* What most filters have, without a search for it. */
static bool take_plain_equal(scan *s, operator_use *out) {
    static const str EQUAL = STR_INIT("eq.");
    const char *at = s->text.ptr + s->at;
    if (s->text.len - s->at < EQUAL.len || memcmp(at, "eq.", 3) != 0)
        return false;
    s->at += EQUAL.len;
    *out = (operator_use){.row = &OPERATORS[0]};
    return true;
}

err *operator_take(arena *a, scan *s, operator_use *out) {
    if (take_plain_equal(s, out))
        return NULL;
    *out = (operator_use){.is_negated = scan_take_word(s, STR("not."))};
    size_t from = s->at;
    out->row = find(take_word(s));
    if (out->row == NULL)
        return err_with_hint(
            scan_fail_at(a, s, from,
                         out->is_negated ? "operator (eq, gt, ...)"
                                         : "\"not\" or operator (eq, gt, ...)"),
            STR("a filter is column=operator.value, such as id=eq.5"));
    if (out->row->is_quantifiable)
        TRY(take_quantifier(a, s, out));
    else if (out->row->kind == OPERATOR_SEARCH)
        TRY(take_configuration(a, s, out));
    return scan_take(s, '.') ? NULL : scan_fail(a, s, "\".\"");
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

/* Those of jsonb, which has an order of all values. */
static bool has_json_operator(const operator_row *op) {
    switch (op->kind) {
    case OPERATOR_LIST:
        return op->list != LIST_OVERLAPS;
    case OPERATOR_LIKE:
    case OPERATOR_MATCH:
    case OPERATOR_RANGE:
        return false;
    case OPERATOR_COMPARE:
    case OPERATOR_IN:
    case OPERATOR_IS:
    case OPERATOR_DISTINCT:
    case OPERATOR_SEARCH:
        break;
    }
    return true;
}

static bool has_operator(const operator_row *op, const field *f) {
    bool is_text = f->kind == FIELD_SCALAR && f->scalar == SCALAR_STRING;
    if (f->is_list)
        return has_list_operator(op, f);
    if (f->scalar == SCALAR_JSON)
        return has_json_operator(op);
    switch (op->kind) {
    case OPERATOR_LIST:
    case OPERATOR_RANGE: /* ranges are of no type that a schema has */
        return false;
    case OPERATOR_LIKE:
    case OPERATOR_MATCH:
    case OPERATOR_SEARCH:
        return is_text;
    case OPERATOR_COMPARE:
    case OPERATOR_IN:
    case OPERATOR_IS:
    case OPERATOR_DISTINCT:
        break;
    }
    return true;
}

err *operator_check_type(arena *a, const operator_row *op, const field *f) {
    return f->is_foreign || has_operator(op, f) ? NULL : refuse(a, op, f);
}
