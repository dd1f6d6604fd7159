/* introspect_default.c: what stands in @default(...). */
#include "base/base64.h"
#include "base/decimal.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "database/introspect/introspect_draft.h"
#include "database/introspect/introspect_literal.h"
#include "database/introspect/introspect_name.h"

/* The spellings of "now" that are meant to be one: those of Prisma and ours on
 * both engines. */
static bool is_now(const draft_field *f) {
    static const str SPELLINGS[] = {
        STR_INIT("CURRENT_TIMESTAMP"),
        STR_INIT("CURRENT_TIMESTAMP(3)"),
        STR_INIT("now()"),
        STR_INIT("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
    };
    if (f->type.kind != FIELD_SCALAR || f->type.scalar != SCALAR_DATETIME ||
        f->type.is_list)
        return false;
    for (size_t i = 0; i < LENGTH(SPELLINGS); i++) {
        if (str_equal_ignoring_case(SPELLINGS[i], f->column->default_sql))
            return true;
    }
    return false;
}

static str value_name(const draft_type *type, str value) {
    const draft_enum *e = type->enumeration;
    for (size_t i = 0; i < e->value_count; i++) {
        if (str_equal(e->values[i], value))
            return e->value_names[i];
    }
    return (str){0};
}

static str integer(const literal *l) {
    int64_t n = 0;
    bool is_number = l->kind == LITERAL_NUMBER || l->kind == LITERAL_TEXT;
    return is_number && str_parse_int64(l->text, &n) ? l->text : (str){0};
}

static str number(arena *a, const literal *l) {
    str digits = {0};
    if ((l->kind != LITERAL_NUMBER && l->kind != LITERAL_TEXT) ||
        decimal_parse(a, l->text, &digits) != NULL)
        return (str){0};
    return digits;
}

/* SQLite's true and false are 1 and 0. */
static str boolean(const literal *l) {
    bool is_number = l->kind == LITERAL_NUMBER;
    if (l->kind == LITERAL_TRUE || (is_number && str_equal(l->text, STR("1"))))
        return STR("true");
    if (l->kind == LITERAL_FALSE || (is_number && str_equal(l->text, STR("0"))))
        return STR("false");
    return (str){0};
}

static str json_text(arena *a, const literal *l) {
    const json *value = NULL;
    if (l->kind != LITERAL_TEXT || json_parse(a, l->text, &value) != NULL)
        return (str){0};
    return introspect_quote(a, l->text);
}

/* Of the types that are a moment; those that are a date or a time of day alone
 * have no literal in the schema language. */
static str moment(arena *a, const draft_type *type, const literal *l) {
    const native_type_spec *spec = type->native.spec;
    timestamp t;
    char text[TIMESTAMP_LENGTH];
    bool is_moment =
        spec == NULL || str_starts_with(spec->name, STR("Timestamp"));
    if (!is_moment || l->kind != LITERAL_TEXT ||
        timestamp_parse(a, l->text, &t) != NULL)
        return (str){0};
    timestamp_format(t, text);
    return introspect_quote(a, (str){text, sizeof text});
}

/* '\x6869' on PostgreSQL, X'6869' on SQLite. */
static str bytes(arena *a, const literal *l) {
    str hex = l->text;
    if (l->kind == LITERAL_TEXT && str_starts_with(hex, STR("\\x")))
        str_take(&hex, 2);
    else if (l->kind != LITERAL_BYTES)
        return (str){0};
    str decoded = {0};
    if (!hex_decode(a, hex, &decoded))
        return (str){0};
    CLEANUP(buf_free) buf out = buf_new(2 * decoded.len + 8);
    base64_encode(&out, decoded, BASE64_STANDARD);
    return introspect_quote(a, buf_str(&out));
}

/* Empty when the schema language cannot write this constant for that type. */
static str constant(arena *a, const draft_type *type, const literal *l) {
    if (type->kind == FIELD_ENUM)
        return l->kind == LITERAL_TEXT ? value_name(type, l->text) : (str){0};
    switch (type->scalar) {
    case SCALAR_STRING:
        return l->kind == LITERAL_TEXT ? introspect_quote(a, l->text)
                                       : (str){0};
    case SCALAR_BOOLEAN:
        return boolean(l);
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return integer(l);
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        return number(a, l);
    case SCALAR_DATETIME:
        return moment(a, type, l);
    case SCALAR_JSON:
        return json_text(a, l);
    case SCALAR_BYTES:
        return bytes(a, l);
    }
    return (str){0};
}

/* SQLite keeps lists as JSON: '["a", 1]'. */
static str json_list(arena *a, str text) {
    const json *value = NULL;
    if (json_parse(a, text, &value) != NULL || value->kind != JSON_ARRAY)
        return (str){0};
    str out = STR("[");
    for (size_t i = 0; i < value->count; i++) {
        CLEANUP(buf_free) buf item = buf_new(text.len * 8 + 64);
        json_write(&item, &value->items[i]);
        str quoted = introspect_quote(a, buf_str(&item));
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), i > 0 ? ", " : "",
                           STR_ARG(quoted));
    }
    return arena_printf(a, "%.*s]", STR_ARG(out));
}

static str list(arena *a, const draft_type *type, const literal *l) {
    if (l->kind == LITERAL_TEXT && str_equal(l->text, STR("{}")))
        return STR("[]");
    if (l->kind == LITERAL_TEXT && type->scalar == SCALAR_JSON)
        return json_list(a, l->text);
    if (l->kind != LITERAL_LIST)
        return (str){0};
    str text = STR("[");
    for (size_t i = 0; i < l->count; i++) {
        str item = constant(a, type, &l->items[i]);
        if (str_is_empty(item))
            return (str){0};
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(item));
    }
    return arena_printf(a, "%.*s]", STR_ARG(text));
}

static str expression_of(const draft *d, const draft_field *f) {
    str sql = f->column->default_sql;
    if (is_now(f))
        return STR("now()");
    literal l;
    str text = {0};
    if (f->type.kind != FIELD_UNSUPPORTED && literal_read(d->a, sql, &l)) {
        if (l.kind == LITERAL_NULL)
            return (str){0};
        text = f->type.is_list ? list(d->a, &f->type, &l)
                               : constant(d->a, &f->type, &l);
    }
    if (!str_is_empty(text))
        return text;
    str quoted = introspect_quote(d->a, sql);
    return arena_printf(d->a, "dbgenerated(%.*s)", STR_ARG(quoted));
}

static void add_default(const draft *d, draft_field *f) {
    switch (f->column->default_kind) {
    case COLUMN_NO_DEFAULT:
        return;
    case COLUMN_AUTOINCREMENT:
        f->default_text = STR("autoincrement()");
        return;
    case COLUMN_EXPRESSION:
        f->default_text = expression_of(d, f);
        return;
    }
}

void draft_add_defaults(draft *d) {
    for (size_t i = 0; i < d->model_count; i++) {
        draft_model *m = &d->models[i];
        for (size_t k = 0; m->view == NULL && k < m->field_count; k++)
            add_default(d, &m->fields[k]);
    }
}
