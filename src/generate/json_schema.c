#include "generate/json_schema.h"

#include "base/attr.h"
#include "generate/json_pattern.h"
#include "schema/function.h"
#include "schema/validation.h"

static const char *const SUFFIXES[] = {
    [PURPOSE_ROW] = "",
    [PURPOSE_CREATE] = "Create",
    [PURPOSE_UPDATE] = "Update",
};

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

/* An insert may also have what is not read. */
static bool is_part(const field *f, row_purpose why, const schema_view *view) {
    if (!field_is_visible(f))
        return false;
    switch (why) {
    case PURPOSE_ROW:
        return !f->is_password && schema_view_shows(view, f);
    case PURPOSE_CREATE:
        return view == NULL || !f->is_password;
    case PURPOSE_UPDATE:
        return schema_view_sets(view, f);
    }
    return false;
}

static bool is_required(const field *f, row_purpose why) {
    switch (why) {
    case PURPOSE_ROW:
        return !f->is_omitted;
    case PURPOSE_CREATE:
        return !field_may_be_left_out(f);
    case PURPOSE_UPDATE:
        return false;
    }
    return false;
}

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

void json_schema_write_property(json_page *p, str member, const field *f) {
    json_page_open(p, member, '{');
    json_page_some_text(p, STR("title"), f->label);
    json_page_some_text(p, STR("description"), f->doc);
    if (f->is_list) {
        json_page_text(p, STR("type"), STR("array"));
        json_page_open(p, STR("items"), '{');
        write_value(p, f, false);
        json_page_close(p, '}');
    } else {
        write_value(p, f, f->is_optional);
    }
    write_validations(p, f);
    json_page_close(p, '}');
}

static void write_required(json_page *p, const model *m, row_purpose why,
                           const schema_view *view) {
    json_page_open(p, STR("required"), '[');
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_part(f, why, view) && is_required(f, why))
            json_page_text(p, STR(""), f->column);
    }
    json_page_close(p, ']');
}

str json_schema_name(arena *a, const model *m, row_purpose why) {
    return arena_printf(a, "%.*s%s", STR_ARG(m->name), SUFFIXES[why]);
}

/* As the column that it is like. */
static void write_computed(json_page *p, const schema *s, const model *m,
                           const schema_view *view) {
    for (size_t i = 0; i < s->function_count; i++) {
        const function *f = &s->functions[i];
        if (f->computed_of != m || !schema_view_shows(view, f->row->columns[0]))
            continue;
        field value = *f->row->columns[0];
        value.doc = f->doc;
        json_schema_write_property(p, f->name, &value);
    }
}

void json_schema_write_row(json_page *p, str member, const schema *s,
                           const model *m, row_purpose why,
                           const schema_view *view) {
    json_page_open(p, member, '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_some_text(p, STR("description"), m->doc);
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_part(f, why, view))
            json_schema_write_property(p, f->column, f);
    }
    if (why == PURPOSE_ROW)
        write_computed(p, s, m, view);
    json_page_close(p, '}');
    write_required(p, m, why, view);
    /* A misspelt column is an error to the server, too. */
    json_page_bool(p, STR("additionalProperties"), false);
    json_page_close(p, '}');
}

static bool is_written(const model *m, row_purpose why) {
    return !m->is_ignored && (why == PURPOSE_ROW || !m->is_view);
}

static void write_model(arena *a, json_page *p, const schema *s,
                        const model *m) {
    for (row_purpose why = PURPOSE_ROW; why <= PURPOSE_UPDATE; why++) {
        if (is_written(m, why))
            json_schema_write_row(p, json_schema_name(a, m, why), s, m, why,
                                  NULL);
    }
}

static err *check_names(arena *a, const schema *s) {
    for (size_t i = 0; i < s->model_count; i++) {
        for (row_purpose why = PURPOSE_CREATE; why <= PURPOSE_UPDATE; why++) {
            const model *m = &s->models[i];
            str name = json_schema_name(a, m, why);
            const model *other = schema_find_model(s, name);
            if (other != NULL && is_written(m, why) &&
                is_written(other, PURPOSE_ROW))
                return err_new(a, ERR_CONFLICT,
                               "the definition %.*s would be a model and what "
                               "%s a %.*s",
                               STR_ARG(name),
                               why == PURPOSE_CREATE ? "creates" : "updates",
                               STR_ARG(m->name));
        }
    }
    return NULL;
}

err *json_schema_write(arena *a, buf *out, const schema *s) {
    TRY(check_names(a, s));
    json_page p = {.out = out};
    json_page_open(&p, STR(""), '{');
    json_page_text(&p, STR("$schema"),
                   STR("https://json-schema.org/draft/2020-12/schema"));
    json_page_open(&p, STR("$defs"), '{');
    for (size_t i = 0; i < s->model_count; i++)
        write_model(a, &p, s, &s->models[i]);
    json_page_close(&p, '}');
    json_page_close(&p, '}');
    return NULL;
}
