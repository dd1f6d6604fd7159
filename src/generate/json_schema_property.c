#include "generate/json_schema_property.h"

#include "generate/json_pattern.h"
#include "schema/relative_operator.h"
#include "schema/validation.h"

typedef struct keyword {
    str name;
    str source; /* JSON */
} keyword;

enum { MAX_KEYWORDS = 3 };

/* The forms in which REST writes values. A type stands first, so that null can
 * be added to it. */
static const keyword SCALARS[SCALAR_TYPE_COUNT][MAX_KEYWORDS] = {
    [SCALAR_STRING] = {{STR_INIT("type"), STR_INIT("\"string\"")}},
    [SCALAR_BOOLEAN] = {{STR_INIT("type"), STR_INIT("\"boolean\"")}},
    [SCALAR_INT] = {{STR_INIT("type"), STR_INIT("\"integer\"")},
                    {STR_INIT("minimum"), STR_INIT("-2147483648")},
                    {STR_INIT("maximum"), STR_INIT("2147483647")}},
    [SCALAR_BIGINT] = {{STR_INIT("type"), STR_INIT("\"integer\"")},
                       {STR_INIT("minimum"), STR_INIT("-9223372036854775808")},
                       {STR_INIT("maximum"), STR_INIT("9223372036854775807")}},
    [SCALAR_FLOAT] = {{STR_INIT("type"), STR_INIT("\"number\"")}},
    [SCALAR_DECIMAL] = {{STR_INIT("type"), STR_INIT("\"number\"")}},
    [SCALAR_DATETIME] = {{STR_INIT("type"), STR_INIT("\"string\"")},
                         {STR_INIT("format"), STR_INIT("\"date-time\"")}},
    [SCALAR_JSON] = {{{0}, {0}}}, /* anything */
    [SCALAR_BYTES] = {{STR_INIT("type"), STR_INIT("\"string\"")},
                      {STR_INIT("pattern"),
                       STR_INIT("\"^\\\\\\\\x([0-9a-fA-F]{2})*$\"")}},
};

static void write_enum_values(json_page *p, const field *f, bool is_nullable) {
    json_page_open(p, STR("enum"), '[');
    for (size_t i = 0; i < f->enumeration->value_count; i++)
        json_page_text(p, STR(""), f->enumeration->values[i].database_name);
    if (is_nullable)
        json_page_raw(p, STR(""), STR("null"));
    json_page_close(p, ']');
}

static void write_type(json_page *p, str type, bool is_nullable) {
    if (!is_nullable) {
        json_page_raw(p, STR("type"), type);
        return;
    }
    json_page_open(p, STR("type"), '[');
    json_page_raw(p, STR(""), type);
    json_page_raw(p, STR(""), STR("\"null\""));
    json_page_close(p, ']');
}

/* What one value of the column may be. */
static void write_value(json_page *p, const field *f, bool is_nullable) {
    if (f->kind == FIELD_ENUM) {
        write_enum_values(p, f, is_nullable);
        return;
    }
    const keyword *words = SCALARS[f->scalar];
    for (size_t i = 0; i < MAX_KEYWORDS && !str_is_empty(words[i].name); i++) {
        if (i == 0)
            write_type(p, words[i].source, is_nullable);
        else
            json_page_raw(p, words[i].name, words[i].source);
    }
}

static str number_keyword(validation_kind kind) {
    switch (kind) {
    case VALIDATION_GT:
        return STR("exclusiveMinimum");
    case VALIDATION_GTE:
        return STR("minimum");
    case VALIDATION_LT:
        return STR("exclusiveMaximum");
    case VALIDATION_LTE:
        return STR("maximum");
    case VALIDATION_TRIM:
    case VALIDATION_LOWER:
    case VALIDATION_UPPER:
    case VALIDATION_LENGTH:
    case VALIDATION_EMAIL:
    case VALIDATION_URL:
    case VALIDATION_DATETIME:
    case VALIDATION_REGEX:
    case VALIDATION_STARTS_WITH:
    case VALIDATION_ENDS_WITH:
    case VALIDATION_CONTAINS:
    case VALIDATION_CONDITION:
    case VALIDATION_CHECK:
    case VALIDATION_STATES:
    case VALIDATION_EXACTLY_ONE:
    case VALIDATION_AT_MOST_ONE:
    case VALIDATION_AT_LEAST_ONE:
        return STR("");
    }
    return STR("");
}

static void write_length(json_page *p, const field *f, const validation *v) {
    json_page_some_number(p, f->is_list ? STR("minItems") : STR("minLength"),
                          (int64_t)v->least);
    if (v->most <= INT64_MAX)
        json_page_number(p, f->is_list ? STR("maxItems") : STR("maxLength"),
                         (int64_t)v->most);
}

/* Keywords beside each other are joined by "and", so each rule is a schema of
 * its own in allOf: two rules may use one keyword. */
static void write_validation(json_page *p, const field *f,
                             const validation *v) {
    str number = number_keyword(v->kind);
    json_page_open(p, STR(""), '{');
    if (!str_is_empty(number))
        json_page_raw(p, number, v->text);
    else if (v->kind == VALIDATION_LENGTH)
        write_length(p, f, v);
    else if (v->kind == VALIDATION_EMAIL)
        json_page_text(p, STR("format"), STR("email"));
    else if (v->kind == VALIDATION_URL)
        json_page_text(p, STR("format"), STR("uri"));
    else if (v->kind == VALIDATION_REGEX)
        json_page_text(p, STR("pattern"), v->text);
    json_page_close(p, '}');
}

static bool is_sayable(const validation *v) {
    return !str_is_empty(number_keyword(v->kind)) ||
           v->kind == VALIDATION_LENGTH || v->kind == VALIDATION_EMAIL ||
           v->kind == VALIDATION_URL ||
           (v->kind == VALIDATION_REGEX && json_pattern_is_shared(v->text));
}

/* Nothing when the server would change the value first: only it can judge. */
static size_t count_sayable(const field *f) {
    size_t count = 0;
    for (size_t i = 0; i < f->validation_count; i++) {
        if (validation_is_transform(f->validations[i].kind))
            return 0;
        count += is_sayable(&f->validations[i]);
    }
    return count;
}

static void write_validations(json_page *p, const field *f) {
    if (count_sayable(f) == 0)
        return;
    json_page_open(p, STR("allOf"), '[');
    for (size_t i = 0; i < f->validation_count; i++) {
        if (is_sayable(&f->validations[i]))
            write_validation(p, f, &f->validations[i]);
    }
    json_page_close(p, ']');
}

static void write_titles(json_page *p, const field *f) {
    json_page_some_text(p, STR("title"), f->label);
    json_page_some_text(p, STR("description"), f->doc);
}

static void write_list(json_page *p, const field *f) {
    json_page_text(p, STR("type"), STR("array"));
    json_page_open(p, STR("items"), '{');
    write_value(p, f, false);
    json_page_close(p, '}');
}

/* What the column may be. */
static void write_all(json_page *p, const field *f) {
    if (f->is_list)
        write_list(p, f);
    else
        write_value(p, f, f->is_optional);
    write_validations(p, f);
}

void json_schema_property_write(json_page *p, str member, const field *f) {
    json_page_open(p, member, '{');
    write_titles(p, f);
    write_all(p, f);
    json_page_close(p, '}');
}

/* ---- Changes -------------------------------------------------------------- */

static void write_unset(json_page *p) {
    json_page_open(p, STR("unset"), '{');
    json_page_bool(p, STR("const"), true);
    json_page_close(p, '}');
}

/* An element, or several. */
static void write_push(json_page *p, const field *f) {
    json_page_open(p, STR("anyOf"), '[');
    json_page_open(p, STR(""), '{');
    write_value(p, f, false);
    json_page_close(p, '}');
    json_page_open(p, STR(""), '{');
    write_list(p, f);
    json_page_close(p, '}');
    json_page_close(p, ']');
}

static void write_operator(json_page *p, const field *f, relative_operator op) {
    json_page_open(p, relative_operator_name(op), '{');
    if (op == RELATIVE_SET)
        write_all(p, f);
    else if (op == RELATIVE_PUSH)
        write_push(p, f);
    else
        write_value(p, f, false);
    json_page_close(p, '}');
}

/* An object of one operator. */
static void write_operators(json_page *p, const field *f) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_open(p, STR("properties"), '{');
    for (relative_operator op = RELATIVE_SET; op <= RELATIVE_PUSH; op++)
        if (relative_operator_fits(op, f))
            write_operator(p, f, op);
    if (f->is_optional && !f->is_list)
        write_unset(p);
    json_page_close(p, '}');
    json_page_number(p, STR("minProperties"), 1);
    json_page_number(p, STR("maxProperties"), 1);
    json_page_bool(p, STR("additionalProperties"), false);
    json_page_close(p, '}');
}

void json_schema_property_write_change(json_page *p, str member,
                                       const field *f) {
    if (f->kind == FIELD_SCALAR && f->scalar == SCALAR_JSON && !f->is_list) {
        json_schema_property_write(p, member, f);
        return;
    }
    json_page_open(p, member, '{');
    write_titles(p, f);
    json_page_open(p, STR("anyOf"), '[');
    json_page_open(p, STR(""), '{');
    write_all(p, f);
    json_page_close(p, '}');
    write_operators(p, f);
    json_page_close(p, ']');
    json_page_close(p, '}');
}
