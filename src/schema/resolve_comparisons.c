/* Conditions: types, and what can be compared with what. */
#include "base/assert.h"
#include "base/timestamp.h"
#include "schema/resolve_condition.h"

/* ---- Types --------------------------------------------------------------- */

bool condition_type_is(condition_type t, scalar_type scalar) {
    return t.kind == TYPE_SCALAR && t.scalar == scalar && !t.is_list;
}

static str element_print(arena *a, condition_type t) {
    switch (t.kind) {
    case TYPE_NULL:
        return STR("null");
    case TYPE_SCALAR:
        return scalar_type_name(t.scalar);
    case TYPE_ENUM:
        return t.enumeration->name;
    case TYPE_ROW:
        return t.model != NULL
                   ? arena_printf(a, "a row of %.*s", STR_ARG(t.model->name))
                   : STR("who asks");
    }
    PANIC("no such type");
}

str condition_type_print(arena *a, condition_type t) {
    if (!t.is_list)
        return element_print(a, t);
    if (t.kind == TYPE_ROW)
        return arena_printf(a, "rows of %.*s", STR_ARG(t.model->name));
    str element = element_print(a, t);
    return arena_printf(a, "a list of %.*s", STR_ARG(element));
}

bool condition_type_is_number(condition_type t) {
    return condition_type_is(t, SCALAR_INT) ||
           condition_type_is(t, SCALAR_BIGINT) ||
           condition_type_is(t, SCALAR_FLOAT) ||
           condition_type_is(t, SCALAR_DECIMAL);
}

static bool is_auth(const condition *c) {
    return c->kind == CONDITION_PATH && c->root == ROOT_AUTH &&
           c->type.kind == TYPE_ROW && c->step_count == 0;
}

static bool is_string_constant(const condition *c) {
    return c->kind == CONDITION_CONSTANT &&
           condition_type_is(c->type, SCALAR_STRING);
}

/* ---- What can be compared with what --------------------------------------- */

static bool report_unlike(condition_reader *c, const expression *e,
                          const condition *left, const condition *right) {
    arena *a = c->resolver->arena;
    str of_left = condition_type_print(a, left->type);
    str of_right = condition_type_print(a, right->type);
    diag *d = condition_report(c, DIAG_BAD_COMPARISON, e->span,
                               "%.*s cannot be compared with %.*s",
                               STR_ARG(of_left), STR_ARG(of_right));
    bool is_left = left->type.kind == TYPE_ENUM;
    const condition *text = is_left ? right : left;
    if ((is_left || right->type.kind == TYPE_ENUM) && is_string_constant(text))
        diag_help(a, d, "a value of an enum is written without quotes: %.*s",
                  STR_ARG(text->text));
    return false;
}

static bool unite_rows(condition_reader *c, const expression *e,
                       const condition *left, const condition *right) {
    if (left->type.is_list || right->type.is_list)
        return report_unlike(c, e, left, right);
    arena *a = c->resolver->arena;
    if (is_auth(left) == is_auth(right)) {
        diag *d = condition_report(c, DIAG_BAD_COMPARISON, e->span,
                                   "a row can only be compared with auth()");
        diag_help(a, d, "compare their ids");
        return false;
    }
    if (left->type.model == right->type.model)
        return true;
    const condition *who = is_auth(left) ? left : right;
    if (who->type.model != NULL)
        return report_unlike(c, e, left, right);
    diag *d = condition_report(c, DIAG_NO_AUTH_MODEL, e->span,
                               "no model says what auth() is, so it cannot be "
                               "compared with a row");
    diag_help(a, d,
              "mark the model of those who sign in with @@auth, or name "
              "it User");
    return false;
}

static bool unite_with_null(condition_reader *c, const expression *e,
                            const condition *other) {
    if (!other->type.is_list)
        return true;
    diag *d = condition_report(c, DIAG_BAD_COMPARISON, e->span,
                               "a list is never null");
    diag_help(c->resolver->arena, d,
              other->type.kind == TYPE_ROW
                  ? "ask for rows with ?[true] or ^[true]"
                  : "ask whether it has elements with isEmpty()");
    return false;
}

/* RFC 3339, with a zone. */
static const condition *to_time(condition_reader *c, const condition *text) {
    arena *a = c->resolver->arena;
    timestamp t;
    bool has_time = text->text.len > sizeof "2024-01-31T" - 1;
    if (!has_time || timestamp_parse(a, text->text, &t) != NULL) {
        diag *d = condition_report(c, DIAG_BAD_COMPARISON, text->span,
                                   "'%.*s' is not a time", STR_ARG(text->text));
        diag_help(a, d, "a time is written \"2024-01-31T12:00:00Z\"");
        return NULL;
    }
    condition *made = arena_new_array(a, condition, 1);
    *made = *text;
    made->type.scalar = SCALAR_DATETIME;
    char *to = arena_take(a, TIMESTAMP_LENGTH, 1);
    timestamp_format(t, to);
    made->text = (str){to, TIMESTAMP_LENGTH};
    return made;
}

/* Turns a text that is compared with a time into one. */
static bool adapt(condition_reader *c, const condition **side,
                  condition_type other) {
    if (!is_string_constant(*side) ||
        !condition_type_is(other, SCALAR_DATETIME))
        return true;
    *side = to_time(c, *side);
    return *side != NULL;
}

static bool is_alike(condition_type l, condition_type r) {
    if (l.is_list || r.is_list || l.kind != r.kind)
        return false;
    if (l.kind == TYPE_ENUM)
        return l.enumeration == r.enumeration;
    if (condition_type_is_number(l) && condition_type_is_number(r))
        return true;
    return l.kind == TYPE_SCALAR && l.scalar == r.scalar &&
           l.scalar != SCALAR_JSON && l.scalar != SCALAR_BYTES;
}

bool condition_unite(condition_reader *c, const expression *e,
                     const condition **left, const condition **right) {
    condition_type l = (*left)->type;
    condition_type r = (*right)->type;
    if (l.kind == TYPE_NULL || r.kind == TYPE_NULL)
        return unite_with_null(c, e, l.kind == TYPE_NULL ? *right : *left);
    if (l.kind == TYPE_ROW && r.kind == TYPE_ROW)
        return unite_rows(c, e, *left, *right);
    if (!adapt(c, left, r) || !adapt(c, right, l))
        return false;
    return is_alike((*left)->type, (*right)->type) ||
           report_unlike(c, e, *left, *right);
}
