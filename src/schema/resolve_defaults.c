/* @default: what a column gets when nobody says. */
#include <inttypes.h>

#include "base/assert.h"
#include "base/base64.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/real.h"
#include "base/timestamp.h"
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

/* A function and what it makes of its arguments. */
typedef struct function_spec {
    str name;
    default_kind kind;
    unsigned types; /* bits of scalar_type */
    str argument;   /* of this form; empty: none */
    uint32_t length;
} function_spec;

#define BIT(type) (1U << SCALAR_##type)

enum { NANOID_DEFAULT = 21, NANOID_LOWEST = 2, NANOID_HIGHEST = 255 };

/* One row for each form. nanoid(n) and dbgenerated("sql") are read apart. */
static const function_spec FUNCTIONS[] = {
    {STR_INIT("now"), DEFAULT_NOW, BIT(DATETIME), STR_INIT(""), 0},
    {STR_INIT("autoincrement"), DEFAULT_AUTOINCREMENT, BIT(INT) | BIT(BIGINT),
     STR_INIT(""), 0},
    {STR_INIT("uuid"), DEFAULT_UUID4, BIT(STRING), STR_INIT(""), 0},
    {STR_INIT("uuid"), DEFAULT_UUID4, BIT(STRING), STR_INIT("4"), 0},
    {STR_INIT("uuid"), DEFAULT_UUID7, BIT(STRING), STR_INIT("7"), 0},
    {STR_INIT("cuid"), DEFAULT_CUID, BIT(STRING), STR_INIT(""), 0},
    {STR_INIT("cuid"), DEFAULT_CUID, BIT(STRING), STR_INIT("1"), 0},
    {STR_INIT("cuid"), DEFAULT_CUID2, BIT(STRING), STR_INIT("2"), 0},
    {STR_INIT("ulid"), DEFAULT_ULID, BIT(STRING), STR_INIT(""), 0},
    {STR_INIT("nanoid"), DEFAULT_NANOID, BIT(STRING), STR_INIT(""),
     NANOID_DEFAULT},
};

/* Known to the language, and made by nobody here. */
static const struct foreign_function {
    str name;
    const char *reason;
} FOREIGN_FUNCTIONS[] = {
    {STR_INIT("auto"), "is a function of MongoDB"},
    {STR_INIT("sequence"), "is a function of CockroachDB"},
    {STR_INIT("auth"), "is not supported yet as a default"},
};

static void report(resolver *r, const expression *value, diag_code code,
                   const char *message) {
    diag_add(r->arena, r->diags, code, value->span, "%s", message);
}

static str type_name(const field *f) {
    if (f->kind == FIELD_UNSUPPORTED)
        return f->unsupported;
    return f->kind == FIELD_ENUM ? f->enumeration->name
                                 : scalar_type_name(f->scalar);
}

static bool report_foreign_function(resolver *r, const expression *call) {
    for (size_t i = 0; i < LENGTH(FOREIGN_FUNCTIONS); i++) {
        if (!str_equal(call->text, FOREIGN_FUNCTIONS[i].name))
            continue;
        if (r->has_other_provider)
            return true;
        diag *d = diag_add(r->arena, r->diags, DIAG_NOT_SUPPORTED, call->span,
                           "'%.*s()' %s", STR_ARG(call->text),
                           FOREIGN_FUNCTIONS[i].reason);
        diag_help(r->arena, d,
                  "a number that counts is autoincrement(), an id for text is "
                  "uuid(7)");
        return true;
    }
    return false;
}

static void report_function(resolver *r, const expression *call) {
    if (report_foreign_function(r, call))
        return;
    source_span span = call->span;
    span.to = span.from + (uint32_t)call->text.len;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_FUNCTION, span,
                       "unknown function '%.*s'", STR_ARG(call->text));
    nearest n = nearest_to(call->text);
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++)
        nearest_offer(&n, FUNCTIONS[i].name);
    nearest_offer(&n, STR("dbgenerated"));
    suggest(r->arena, d, &n);
}

/* The function's row for these arguments; the last row of its name when there
 * is none for them; NULL for an unknown one. */
static const function_spec *find_function(const expression *call,
                                          bool *is_match) {
    const function_spec *found = NULL;
    str argument = {0};
    if (call->count == 1 && str_is_empty(call->items[0].name.text))
        argument = call->items[0].value->text;
    bool is_plain =
        call->count == 0 ||
        (call->count == 1 && call->items[0].value->kind == EXPRESSION_NUMBER);
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        if (!str_equal(FUNCTIONS[i].name, call->text))
            continue;
        found = &FUNCTIONS[i];
        *is_match = is_plain && str_equal(found->argument, argument);
        if (*is_match)
            break;
    }
    return found;
}

/* nanoid(n) */
static bool read_nanoid(resolver *r, const expression *call,
                        default_value *out) {
    int64_t length = 0;
    const expression *value = call->items[0].value;
    bool is_number = call->count == 1 && value->kind == EXPRESSION_NUMBER &&
                     str_parse_int64(value->text, &length);
    if (is_number && length >= NANOID_LOWEST && length <= NANOID_HIGHEST) {
        *out =
            (default_value){.kind = DEFAULT_NANOID, .length = (uint32_t)length};
        return true;
    }
    diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, call->span,
             "'nanoid' takes a length from %d to %d", NANOID_LOWEST,
             NANOID_HIGHEST);
    return false;
}

static str arguments_of(resolver *r, const function_spec *spec) {
    str forms = {0};
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        const function_spec *form = &FUNCTIONS[i];
        if (str_equal(form->name, spec->name))
            forms = arena_printf(r->arena, "%.*s%s%.*s(%.*s)", STR_ARG(forms),
                                 str_is_empty(forms) ? "" : ", ",
                                 STR_ARG(form->name), STR_ARG(form->argument));
    }
    return forms;
}

static void report_wrong_arguments(resolver *r, const expression *call,
                                   const function_spec *spec) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, call->span,
                 "'%.*s' does not take these arguments", STR_ARG(call->text));
    diag_help(r->arena, d, "there is %.*s", STR_ARG(arguments_of(r, spec)));
}

static void read_generator(resolver *r, field *f, const expression *call) {
    bool is_match = false;
    const function_spec *spec = find_function(call, &is_match);
    if (spec == NULL) {
        report_function(r, call);
        return;
    }
    bool is_type = f->kind == FIELD_SCALAR && !f->is_list &&
                   (spec->types & 1U << f->scalar) != 0;
    if (!is_type)
        diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, call->span,
                 "'%.*s()' does not make a value of type %.*s%s",
                 STR_ARG(call->text), STR_ARG(type_name(f)),
                 f->is_list ? "[]" : "");
    else if (spec->kind == DEFAULT_NANOID && call->count > 0)
        (void)read_nanoid(r, call, &f->default_value);
    else if (!is_match)
        report_wrong_arguments(r, call, spec);
    else
        f->default_value =
            (default_value){.kind = spec->kind, .length = spec->length};
}

static void read_function(resolver *r, field *f, const expression *call) {
    if (str_equal(call->text, STR("dbgenerated")))
        (void)resolve_dbgenerated(r, f, call, &f->default_value);
    else
        read_generator(r, f, call);
}

static void report_enum_value(resolver *r, const field *f,
                              const expression *value) {
    const enumeration *e = f->enumeration;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_ENUM_VALUE, value->span,
                       "the enum '%.*s' has no value '%.*s'", STR_ARG(e->name),
                       STR_ARG(value->text));
    nearest n = nearest_to(value->text);
    for (size_t i = 0; i < e->value_count; i++)
        nearest_offer(&n, e->values[i].name);
    suggest(r->arena, d, &n);
}

static bool read_enum_value(resolver *r, const field *f,
                            const expression *value, str *out) {
    const enumeration *e = f->enumeration;
    const declared *d = map_find(r->declared, e->name);
    for (size_t i = 0; i < e->value_count; i++) {
        if (str_equal(e->values[i].name, value->text)) {
            *out = e->values[i].database_name;
            return true;
        }
    }
    if (!d->enumeration->is_damaged)
        report_enum_value(r, f, value);
    return false;
}

/* In the form a client would send: 7 for 007. */
static bool read_integer(resolver *r, const field *f, const expression *value,
                         str *out) {
    int64_t n = 0;
    bool fits =
        str_parse_int64(value->text, &n) &&
        (f->scalar == SCALAR_BIGINT || (n >= INT32_MIN && n <= INT32_MAX));
    if (fits)
        *out = arena_printf(r->arena, "%" PRId64, n);
    else if (str_find_char(value->text, '.') < value->text.len)
        report(r, value, DIAG_WRONG_DEFAULT, "the default is not an integer");
    else
        diag_add(r->arena, r->diags, DIAG_DEFAULT_RANGE, value->span,
                 "the default %.*s does not fit in %.*s", STR_ARG(value->text),
                 STR_ARG(type_name(f)));
    return fits;
}

/* SQLite keeps a Decimal of ours as a number: what has more digits would come
 * back as another one. */
enum { SQLITE_DECIMAL_DIGITS = 15 };

static bool fits_in_column(const resolver *r, const field *f, str decimal) {
    double real;
    if (f->scalar == SCALAR_FLOAT)
        return real_parse(decimal, &real);
    return r->engine != ENGINE_SQLITE ||
           decimal_significant_digits(decimal) <= SQLITE_DECIMAL_DIGITS;
}

static bool read_decimal(resolver *r, const field *f, const expression *value,
                         str *out) {
    err *e = decimal_parse(r->arena, value->text, out);
    if (e == NULL && fits_in_column(r, f, *out))
        return true;
    if (e == NULL || e->code == ERR_VALUE_RANGE)
        report(r, value, DIAG_DEFAULT_RANGE, "the default has too many digits");
    else
        report(r, value, DIAG_WRONG_DEFAULT,
               "the default is not a decimal number");
    return false;
}

static bool is_json(resolver *r, str text) {
    const json *parsed;
    return json_parse(r->arena, text, &parsed) == NULL;
}

/* timestamp_parse reads more than RFC 3339 allows (section 5.6): here the time
 * and the zone must be there, so that nobody has to guess them. */
static bool is_time(resolver *r, str text) {
    timestamp t;
    bool is_zulu =
        str_ends_with(text, STR("Z")) || str_ends_with(text, STR("z"));
    bool has_zone = text.len > 6 && (text.ptr[text.len - 6] == '+' ||
                                     text.ptr[text.len - 6] == '-');
    return text.len >= sizeof "2024-01-31T12:00:00Z" - 1 &&
           text.ptr[16] == ':' && (is_zulu || has_zone) &&
           timestamp_parse(r->arena, text, &t) == NULL;
}

static bool is_base64(resolver *r, str text) {
    str bytes;
    return base64_decode(r->arena, text, BASE64_STANDARD, &bytes);
}

static bool read_string(resolver *r, const field *f, const expression *value,
                        str *out) {
    const char *problem = NULL;
    *out = value->text;
    if (f->scalar == SCALAR_JSON && !is_json(r, *out))
        problem = "the default is not valid JSON";
    if (f->scalar == SCALAR_DATETIME && !is_time(r, *out))
        problem = "the default is not an RFC 3339 time, such as "
                  "\"2024-01-31T12:00:00Z\"";
    if (f->scalar == SCALAR_BYTES && !is_base64(r, *out))
        problem = "the default is not base64";
    if (problem != NULL)
        report(r, value, DIAG_WRONG_DEFAULT, problem);
    return problem == NULL;
}

/* Which kind of expression a literal of the type is. */
static bool is_literal(scalar_type type, const expression *value) {
    bool is_string = value->kind == EXPRESSION_STRING;
    bool is_number = value->kind == EXPRESSION_NUMBER;
    switch (type) {
    case SCALAR_STRING:
    case SCALAR_JSON:
    case SCALAR_BYTES:
    case SCALAR_DATETIME:
        return is_string;
    case SCALAR_DECIMAL:
        return is_string || is_number;
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
        return is_number;
    case SCALAR_BOOLEAN:
        return value->kind == EXPRESSION_NAME &&
               (str_equal(value->text, STR("true")) ||
                str_equal(value->text, STR("false")));
    }
    return false;
}

/* What a default of the type looks like. */
static const char *const EXAMPLES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = "\"text\"",
    [SCALAR_BOOLEAN] = "true or false",
    [SCALAR_INT] = "42",
    [SCALAR_BIGINT] = "42",
    [SCALAR_FLOAT] = "1.5",
    [SCALAR_DECIMAL] = "1.50",
    [SCALAR_DATETIME] = "now() or \"2024-01-31T12:00:00Z\"",
    [SCALAR_JSON] = "\"{}\"",
    [SCALAR_BYTES] = "\"aGVsbG8=\"",
};

static void report_wrong_literal(resolver *r, const field *f,
                                 const expression *value) {
    diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, value->span,
                       "the default is not a value of type %.*s",
                       STR_ARG(type_name(f)));
    if (f->kind == FIELD_UNSUPPORTED)
        diag_help(r->arena, d, "only dbgenerated(\"...\") can make one");
    else if (f->kind == FIELD_ENUM)
        diag_help(r->arena, d, "name one of its values, without quotes");
    else
        diag_help(r->arena, d, "such a default is written %s",
                  EXAMPLES[f->scalar]);
}

static bool read_scalar(resolver *r, const field *f, const expression *value,
                        str *out) {
    switch (f->scalar) {
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return read_integer(r, f, value, out);
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        return read_decimal(r, f, value, out);
    case SCALAR_STRING:
    case SCALAR_JSON:
    case SCALAR_BYTES:
    case SCALAR_DATETIME:
    case SCALAR_BOOLEAN:
        return read_string(r, f, value, out);
    }
    PANIC("no such type");
}

/* A literal in the form a client would send it. */
static bool read_literal(resolver *r, const field *f, const expression *value,
                         str *out) {
    if (f->kind == FIELD_ENUM && value->kind == EXPRESSION_NAME)
        return read_enum_value(r, f, value, out);
    if (f->kind != FIELD_SCALAR || !is_literal(f->scalar, value)) {
        report_wrong_literal(r, f, value);
        return false;
    }
    return read_scalar(r, f, value, out);
}

static void read_list(resolver *r, field *f, const expression *value) {
    if (value->kind != EXPRESSION_LIST) {
        diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, value->span,
                           "the default of a list is a list");
        diag_help(r->arena, d, "write [] for an empty one");
        return;
    }
    str *items = arena_new_array(r->arena, str, value->count);
    bool is_read = true;
    for (size_t i = 0; i < value->count; i++)
        is_read =
            read_literal(r, f, value->items[i].value, &items[i]) && is_read;
    if (is_read)
        f->default_value = (default_value){
            .kind = DEFAULT_LIST, .items = items, .item_count = value->count};
}

static bool is_of_policies(const expression *value) {
    switch (value->kind) {
    case EXPRESSION_NUMBER:
    case EXPRESSION_STRING:
    case EXPRESSION_NAME:
    case EXPRESSION_CALL:
    case EXPRESSION_LIST:
        return false;
    case EXPRESSION_MEMBER:
    case EXPRESSION_PREDICATE:
    case EXPRESSION_BINARY:
    case EXPRESSION_NOT:
    case EXPRESSION_GROUP:
        return true;
    }
    return false;
}

/* SQL Server's alone. */
static void check_map(resolver *r, const binding *b) {
    const expression *name = binding_find(b, STR("map"));
    if (name != NULL)
        diag_add(r->arena, r->diags, DIAG_OTHER_ENGINE_ONLY, name->span,
                 "neither SQLite nor PostgreSQL names a default");
}

void resolve_default(resolver *r, field_draft *draft, const binding *b) {
    field *f = draft->field;
    const expression *value = binding_find(b, STR("value"));
    check_map(r, b);
    if (is_of_policies(value)) {
        report(r, value, DIAG_NOT_SUPPORTED,
               "expressions as defaults are not supported yet");
    } else if (value->kind == EXPRESSION_CALL) {
        read_function(r, f, value);
    } else if (f->is_list) {
        read_list(r, f, value);
    } else {
        str text;
        if (read_literal(r, f, value, &text))
            f->default_value =
                (default_value){.kind = DEFAULT_LITERAL, .text = text};
    }
}
