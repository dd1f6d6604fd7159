/* @length, @gt, @email, @@validate: what values must be. */
#include <inttypes.h>

#include "base/assert.h"
#include "base/decimal.h"
#include "schema/resolve_condition.h"

static const str NAMES[] = {
    [VALIDATION_TRIM] = STR_INIT("trim"),
    [VALIDATION_LOWER] = STR_INIT("lower"),
    [VALIDATION_UPPER] = STR_INIT("upper"),
    [VALIDATION_LENGTH] = STR_INIT("length"),
    [VALIDATION_GT] = STR_INIT("gt"),
    [VALIDATION_GTE] = STR_INIT("gte"),
    [VALIDATION_LT] = STR_INIT("lt"),
    [VALIDATION_LTE] = STR_INIT("lte"),
    [VALIDATION_EMAIL] = STR_INIT("email"),
    [VALIDATION_URL] = STR_INIT("url"),
    [VALIDATION_DATETIME] = STR_INIT("datetime"),
    [VALIDATION_REGEX] = STR_INIT("regex"),
    [VALIDATION_STARTS_WITH] = STR_INIT("startsWith"),
    [VALIDATION_ENDS_WITH] = STR_INIT("endsWith"),
    [VALIDATION_CONTAINS] = STR_INIT("contains"),
    [VALIDATION_CONDITION] = STR_INIT("validate"),
    [VALIDATION_CHECK] = STR_INIT("check"),
    [VALIDATION_STATES] = STR_INIT("states"),
    [VALIDATION_EXACTLY_ONE] = STR_INIT("exactlyOne"),
    [VALIDATION_AT_MOST_ONE] = STR_INIT("atMostOne"),
    [VALIDATION_AT_LEAST_ONE] = STR_INIT("atLeastOne"),
};

str validation_name(validation_kind kind) {
    return NAMES[kind];
}

/* ---- Which fields ----------------------------------------------------------------- */

static validation_kind kind_of(own_attribute own) {
    static const struct {
        own_attribute own;
        validation_kind kind;
    } KINDS[] = {
        {OWN_TRIM, VALIDATION_TRIM},
        {OWN_LOWER, VALIDATION_LOWER},
        {OWN_UPPER, VALIDATION_UPPER},
        {OWN_LENGTH, VALIDATION_LENGTH},
        {OWN_GT, VALIDATION_GT},
        {OWN_GTE, VALIDATION_GTE},
        {OWN_LT, VALIDATION_LT},
        {OWN_LTE, VALIDATION_LTE},
        {OWN_EMAIL, VALIDATION_EMAIL},
        {OWN_URL, VALIDATION_URL},
        {OWN_DATETIME, VALIDATION_DATETIME},
        {OWN_REGEX, VALIDATION_REGEX},
        {OWN_STARTS_WITH, VALIDATION_STARTS_WITH},
        {OWN_ENDS_WITH, VALIDATION_ENDS_WITH},
        {OWN_CONTAINS, VALIDATION_CONTAINS},
    };
    for (size_t i = 0; i < LENGTH(KINDS); i++) {
        if (KINDS[i].own == own)
            return KINDS[i].kind;
    }
    PANIC("not a validation");
}

static bool is_number(const field *f) {
    return f->kind == FIELD_SCALAR && scalar_type_is_number(f->scalar);
}

static bool is_bound(validation_kind kind) {
    return kind >= VALIDATION_GT && kind <= VALIDATION_LTE;
}

/* The column's types in words, for those that fit. */
static const char *fitting(const field *f, validation_kind kind) {
    bool is_list = f->is_list && f->kind != FIELD_RELATION;
    bool is_text =
        f->kind == FIELD_SCALAR && f->scalar == SCALAR_STRING && !is_list;
    if (kind == VALIDATION_LENGTH)
        return is_text || is_list ? NULL : "a String or a list of values";
    if (is_bound(kind))
        return is_number(f) && !is_list
                   ? NULL
                   : "an Int, a BigInt, a Float or a Decimal";
    return is_text ? NULL : "a String";
}

/* ---- Arguments -------------------------------------------------------------------- */

static bool report_argument(resolver *r, const expression *value,
                            const binding *b, const char *wanted) {
    diag_add(r->arena, r->diags, DIAG_BAD_RULE, value->span, "'%.*s' takes %s",
             STR_ARG(attribute_label(b->attribute)), wanted);
    return false;
}

static bool read_count(resolver *r, const binding *b, str parameter,
                       uint64_t *out) {
    const expression *value = binding_find(b, parameter);
    int64_t n = 0;
    if (value == NULL)
        return true;
    if (value->kind != EXPRESSION_NUMBER || !str_parse_int64(value->text, &n) ||
        n < 0)
        return report_argument(r, value, b, "whole numbers from 0 on");
    *out = (uint64_t)n;
    return true;
}

static bool read_length(resolver *r, const binding *b, validation *v) {
    v->most = UINT64_MAX;
    if (!read_count(r, b, STR("min"), &v->least) ||
        !read_count(r, b, STR("max"), &v->most))
        return false;
    source_span span = b->attribute->span;
    if (v->least == 0 && v->most == UINT64_MAX) {
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_RULE, span,
                           "'@length' says neither a minimum nor a maximum");
        diag_help(r->arena, d, "write @length(1, 120) or @length(max: 120)");
        return false;
    }
    if (v->least <= v->most)
        return true;
    diag_add(r->arena, r->diags, DIAG_EMPTY_RANGE, span,
             "the minimum %" PRIu64 " is larger than the maximum %" PRIu64,
             v->least, v->most);
    return false;
}

static bool read_bound(resolver *r, const field *f, const binding *b,
                       validation *v) {
    const expression *value = binding_find(b, STR("value"));
    int64_t ignored;
    if (value->kind != EXPRESSION_NUMBER ||
        decimal_parse(r->arena, value->text, &v->text) != NULL)
        return report_argument(r, value, b, "a number");
    if (scalar_type_is_whole(f->scalar) && !str_parse_int64(v->text, &ignored))
        return report_argument(r, value, b, "a whole number on this field");
    return true;
}

static bool read_pattern(resolver *r, const binding *b, validation *v) {
    const expression *value = binding_find(b, STR("regex"));
    if (!resolve_text(r, b, STR("regex"), &v->text))
        return false;
    err *failure = regex_compile(r->arena, v->text, &v->pattern);
    if (failure != NULL)
        diag_add(r->arena, r->diags, DIAG_BAD_PATTERN, value->span,
                 "not a regular expression: %.*s", STR_ARG(failure->message));
    return failure == NULL;
}

static bool read_arguments(resolver *r, const field *f, const binding *b,
                           validation *v) {
    bool has_message = v->kind > VALIDATION_UPPER;
    if (has_message && !resolve_text(r, b, STR("message"), &v->message))
        return false;
    switch (v->kind) {
    case VALIDATION_LENGTH:
        return read_length(r, b, v);
    case VALIDATION_GT:
    case VALIDATION_GTE:
    case VALIDATION_LT:
    case VALIDATION_LTE:
        return read_bound(r, f, b, v);
    case VALIDATION_REGEX:
        return read_pattern(r, b, v);
    case VALIDATION_STARTS_WITH:
    case VALIDATION_ENDS_WITH:
    case VALIDATION_CONTAINS:
        return resolve_text(r, b, STR("text"), &v->text);
    case VALIDATION_TRIM:
    case VALIDATION_LOWER:
    case VALIDATION_UPPER:
    case VALIDATION_EMAIL:
    case VALIDATION_URL:
    case VALIDATION_DATETIME:
    case VALIDATION_CONDITION:
    case VALIDATION_CHECK:
    case VALIDATION_STATES:
    case VALIDATION_EXACTLY_ONE:
    case VALIDATION_AT_MOST_ONE:
    case VALIDATION_AT_LEAST_ONE:
        return true;
    }
    PANIC("no such validation");
}

/* ---- Rules that leave nothing ------------------------------------------------------ */

static bool is_lower_bound(validation_kind kind) {
    return kind == VALIDATION_GT || kind == VALIDATION_GTE;
}

/* Do the two leave no number? */
static bool excludes(const validation *low, const validation *high) {
    int order = decimal_compare(low->text, high->text);
    bool includes_both =
        low->kind == VALIDATION_GTE && high->kind == VALIDATION_LTE;
    return order > 0 || (order == 0 && !includes_both);
}

static bool contradicts(const validation *v, const validation *w) {
    if (is_bound(v->kind) && is_bound(w->kind) &&
        is_lower_bound(v->kind) != is_lower_bound(w->kind))
        return is_lower_bound(v->kind) ? excludes(v, w) : excludes(w, v);
    return (v->kind == VALIDATION_LOWER && w->kind == VALIDATION_UPPER) ||
           (v->kind == VALIDATION_UPPER && w->kind == VALIDATION_LOWER);
}

static bool check_with_others(resolver *r, const field_draft *f,
                              const validation *v) {
    for (size_t i = 0; i < f->field->validation_count; i++) {
        const validation *other = &f->validations[i];
        if (!contradicts(v, other))
            continue;
        diag *d =
            diag_add(r->arena, r->diags, DIAG_EMPTY_RANGE, v->span,
                     "no value passes both '@%.*s' and '@%.*s'",
                     STR_ARG(NAMES[other->kind]), STR_ARG(NAMES[v->kind]));
        diag_relate(r->arena, d, other->span, "the other rule");
        return false;
    }
    return true;
}

void resolve_validation(resolver *r, field_draft *f, const binding *b) {
    validation v = {.kind = kind_of(b->spec->own), .span = b->attribute->span};
    const char *wanted = fitting(f->field, v.kind);
    if (wanted != NULL) {
        diag_add(r->arena, r->diags, DIAG_WRONG_FIELD, b->attribute->span,
                 "'%.*s' stands on %s", STR_ARG(attribute_label(b->attribute)),
                 wanted);
        return;
    }
    if (read_arguments(r, f->field, b, &v) && check_with_others(r, f, &v))
        ARENA_PUSH(r->arena, f->validations, f->field->validation_count, v);
}

/* ---- @@validate -------------------------------------------------------------------- */

bool resolve_path(resolver *r, model_draft *m, const binding *b,
                  validation *v) {
    const expression *value = binding_find(b, STR("path"));
    if (value == NULL)
        return true;
    const expression *first = value->kind == EXPRESSION_LIST && value->count > 0
                                  ? value->items[0].value
                                  : value;
    if (first->kind != EXPRESSION_STRING)
        return report_argument(r, value, b,
                               "a list with the name of a field as path, such "
                               "as [\"endsAt\"]");
    const field_draft *f = resolve_find_field(m, first->text);
    if (f != NULL && f->field->kind != FIELD_RELATION) {
        v->about = f->field;
        return true;
    }
    if (f != NULL || !m->is_damaged)
        diag_add(r->arena, r->diags, DIAG_UNKNOWN_MEMBER, first->span,
                 "the model '%.*s' has no column '%.*s'",
                 STR_ARG(m->model->name), STR_ARG(first->text));
    return false;
}

void resolve_validate(resolver *r, model_draft *m, const binding *b) {
    validation v = {.kind = VALIDATION_CONDITION, .span = b->attribute->span};
    if (!resolve_text(r, b, STR("message"), &v.message) ||
        !resolve_path(r, m, b, &v))
        return;
    v.condition = resolve_condition(r, USE_VALIDATE, NULL, m,
                                    binding_find(b, STR("condition")));
    if (v.condition == NULL)
        return;
    v.columns =
        resolve_condition_columns(r->arena, v.condition, &v.column_count);
    ARENA_PUSH(r->arena, m->validations, m->model->validation_count, v);
}

/* ---- The columns of a condition ------------------------------------------------------ */

typedef struct column_list {
    const field **fields;
    size_t count;
} column_list;

static void add_columns(arena *a, const condition *c, column_list *list) {
    if (c == NULL)
        return;
    if (c->kind == CONDITION_PATH && c->step_count == 1) {
        for (size_t i = 0; i < list->count; i++) {
            if (list->fields[i] == c->steps[0])
                return;
        }
        ARENA_PUSH(a, list->fields, list->count, c->steps[0]);
    }
    add_columns(a, c->left, list);
    add_columns(a, c->right, list);
    for (size_t i = 0; i < c->count; i++)
        add_columns(a, &c->items[i], list);
}

const field *const *resolve_condition_columns(arena *a, const condition *c,
                                              size_t *count) {
    column_list list = {0};
    add_columns(a, c, &list);
    *count = list.count;
    return list.fields;
}
