#include "core/coerce.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/decimal.h"
#include "base/hex.h"
#include "base/real.h"
#include "base/timestamp.h"
#include "core/coerce_list.h"
#include "database/recording.h"

enum { MAX_ESCAPED = 6 }; /* \u0001 */

static const str TYPE_NAMES[] = {
    [SCALAR_STRING] = STR_INIT("text"),
    [SCALAR_BOOLEAN] = STR_INIT("boolean"),
    [SCALAR_INT] = STR_INIT("integer"),
    [SCALAR_BIGINT] = STR_INIT("bigint"),
    [SCALAR_FLOAT] = STR_INIT("double precision"),
    [SCALAR_DECIMAL] = STR_INIT("numeric"),
    [SCALAR_DATETIME] = STR_INIT("timestamp with time zone"),
    [SCALAR_JSON] = STR_INIT("json"),
    [SCALAR_BYTES] = STR_INIT("bytea"),
};
_Static_assert(LENGTH(TYPE_NAMES) == SCALAR_TYPE_COUNT, "every type is named");

str coerce_type_name(const field *f) {
    if (f->is_foreign)
        return f->unsupported;
    return f->kind == FIELD_ENUM ? f->enumeration->database_name
                                 : TYPE_NAMES[f->scalar];
}

/* Errors end in logs. */
static str quotable(const field *f, str text) {
    return f->is_redacted ? STR(RECORDING_REDACTED) : text;
}

static err *refuse_syntax(arena *a, const field *f, str text) {
    str type = coerce_type_name(f);
    str shown = quotable(f, text);
    return err_new(a, ERR_VALUE_SYNTAX,
                   "invalid input syntax for type %.*s: \"%.*s\"",
                   STR_ARG(type), STR_ARG(shown));
}

static err *refuse_range(arena *a, const field *f, str text) {
    str type = coerce_type_name(f);
    str shown = quotable(f, text);
    return err_new(a, ERR_VALUE_RANGE,
                   "value \"%.*s\" is out of range for type %.*s",
                   STR_ARG(shown), STR_ARG(type));
}

static value text_value(str text) {
    return (value){.kind = VALUE_TEXT, .text = text};
}

static err *to_string(arena *a, const field *f, str text, value *out) {
    if (str_find_char(text, '\0') < text.len)
        return err_with_details(
            err_new(a, ERR_VALUE_SYNTAX, "unsupported Unicode escape sequence"),
            arena_printf(a, "\\u0000 cannot be stored in column \"%.*s\"",
                         STR_ARG(f->column)));
    *out = text_value(text);
    return NULL;
}

static err *to_enum(arena *a, const field *f, str text, value *out) {
    const enumeration *e = f->enumeration;
    for (size_t i = 0; i < e->value_count; i++) {
        if (str_equal(e->values[i].database_name, text)) {
            *out = text_value(e->values[i].database_name);
            return NULL;
        }
    }
    str allowed = {0};
    for (size_t i = 0; i < e->value_count; i++)
        allowed =
            arena_printf(a, "%.*s%s%.*s", STR_ARG(allowed), i > 0 ? ", " : "",
                         STR_ARG(e->values[i].database_name));
    str shown = quotable(f, text);
    return err_with_hint(
        err_new(a, ERR_VALUE_SYNTAX,
                "invalid input value for enum \"%.*s\": \"%.*s\"",
                STR_ARG(e->database_name), STR_ARG(shown)),
        arena_printf(a, "one of: %.*s", STR_ARG(allowed)));
}

/* PostgreSQL takes any beginning that only one of the words has. */
static err *to_boolean(arena *a, const field *f, str text, value *out) {
    static const struct {
        str word;
        size_t shortest;
        bool is_true;
    } WORDS[] = {
        {STR_INIT("true"), 1, true}, {STR_INIT("false"), 1, false},
        {STR_INIT("yes"), 1, true},  {STR_INIT("no"), 1, false},
        {STR_INIT("on"), 2, true},   {STR_INIT("off"), 2, false},
        {STR_INIT("1"), 1, true},    {STR_INIT("0"), 1, false},
    };
    str trimmed = str_trim(text);
    for (size_t i = 0; i < LENGTH(WORDS); i++) {
        str word = WORDS[i].word;
        if (trimmed.len < WORDS[i].shortest || trimmed.len > word.len)
            continue;
        word.len = trimmed.len;
        if (str_equal_ignoring_case(trimmed, word)) {
            *out = (value){.kind = VALUE_BOOL, .boolean = WORDS[i].is_true};
            return NULL;
        }
    }
    return refuse_syntax(a, f, text);
}

static bool is_integer(str text) {
    size_t i = text.len > 0 && text.ptr[0] == '-' ? 1 : 0;
    if (i == text.len)
        return false;
    while (i < text.len && ascii_is_digit(text.ptr[i]))
        i++;
    return i == text.len;
}

static err *to_integer(arena *a, const field *f, str text, value *out) {
    int64_t n;
    str digits = str_trim(text);
    if (digits.len > 1 && digits.ptr[0] == '+' && digits.ptr[1] != '-')
        str_take(&digits, 1);
    if (!str_parse_int64(digits, &n))
        return is_integer(digits) ? refuse_range(a, f, text)
                                  : refuse_syntax(a, f, text);
    if (f->scalar == SCALAR_INT && (n < INT32_MIN || n > INT32_MAX))
        return refuse_range(a, f, text);
    *out = (value){.kind = VALUE_INT, .integer = n};
    return NULL;
}

static err *to_float(arena *a, const field *f, str text, value *out) {
    double number;
    str trimmed = str_trim(text);
    str ignored;
    if (real_parse(trimmed, &number)) {
        *out = (value){.kind = VALUE_FLOAT, .real = number};
        return NULL;
    }
    /* A number all the same, only too large a one? */
    err *e = decimal_parse(a, trimmed, &ignored);
    str shown = quotable(f, text);
    if (e == NULL || e->code == ERR_VALUE_RANGE)
        return err_new(a, ERR_VALUE_RANGE,
                       "\"%.*s\" is out of range for type double precision",
                       STR_ARG(shown));
    return refuse_syntax(a, f, text);
}

static err *to_decimal(arena *a, const field *f, str text, value *out) {
    str digits;
    err *e = decimal_parse(a, str_trim(text), &digits);
    if (e != NULL)
        return e->code == ERR_VALUE_RANGE
                   ? err_new(a, ERR_VALUE_RANGE,
                             "value overflows numeric format")
                   : refuse_syntax(a, f, text);
    *out = text_value(digits);
    return NULL;
}

static err *to_datetime(arena *a, const field *f, str text, value *out) {
    timestamp t;
    err *e = timestamp_parse(a, str_trim(text), &t);
    if (e != NULL && e->code == ERR_VALUE_RANGE) {
        str shown = quotable(f, text);
        return err_new(a, ERR_VALUE_DATETIME_RANGE,
                       "date/time field value out of range: \"%.*s\"",
                       STR_ARG(shown));
    }
    if (e != NULL) {
        e = refuse_syntax(a, f, text);
        e->code = ERR_VALUE_DATETIME;
        return e;
    }
    char *to = arena_take(a, TIMESTAMP_LENGTH, 1);
    timestamp_format(t, to);
    *out = text_value((str){to, TIMESTAMP_LENGTH});
    return NULL;
}

static err *to_json(arena *a, const field *f, str text, value *out) {
    const json *tree;
    err *e = json_parse(a, text, &tree);
    if (e != NULL)
        return err_with_details(refuse_syntax(a, f, text), e->message);
    *out = text_value(text);
    return NULL;
}

static err *to_bytes(arena *a, const field *f, str text, value *out) {
    static const str PREFIX = STR_INIT("\\x");
    str bytes;
    if (!str_starts_with(text, PREFIX) ||
        !hex_decode(a, str_slice(text, PREFIX.len, text.len), &bytes))
        return err_with_hint(
            refuse_syntax(a, f, text),
            STR("bytes are written as \\x and hexadecimal digits"));
    *out = (value){.kind = VALUE_BYTES, .text = bytes};
    return NULL;
}

err *coerce_text(arena *a, const field *f, str text, value *out) {
    if (f->is_list)
        return coerce_list_text(a, f, text, out);
    if (f->kind == FIELD_ENUM)
        return to_enum(a, f, text, out);
    switch (f->scalar) {
    case SCALAR_STRING:
        return to_string(a, f, text, out);
    case SCALAR_BOOLEAN:
        return to_boolean(a, f, text, out);
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return to_integer(a, f, text, out);
    case SCALAR_FLOAT:
        return to_float(a, f, text, out);
    case SCALAR_DECIMAL:
        return to_decimal(a, f, text, out);
    case SCALAR_DATETIME:
        return to_datetime(a, f, text, out);
    case SCALAR_JSON:
        if (!f->is_foreign)
            return to_json(a, f, text, out);
        *out = text_value(text);
        return NULL;
    case SCALAR_BYTES:
        return to_bytes(a, f, text, out);
    }
    PANIC("not a scalar type");
}

/* The text as a JSON string. */
static str quote(arena *a, str text) {
    size_t room = text.len * MAX_ESCAPED + 2;
    buf quoted = buf_over(arena_take(a, room, 1), room);
    json_write_string(&quoted, text);
    return buf_str(&quoted);
}

err *coerce_json(arena *a, const field *f, const json *j, value *out) {
    if (j->kind == JSON_NULL) {
        *out = (value){.kind = VALUE_NULL};
        return NULL;
    }
    if (f->is_list)
        return coerce_list_json(a, f, j, out);
    if (f->scalar == SCALAR_JSON && f->kind == FIELD_SCALAR) {
        /* A string is decoded in the tree; its source is written again. */
        *out = text_value(j->kind == JSON_STRING ? quote(a, j->text) : j->text);
        return NULL;
    }
    if (j->kind == JSON_ARRAY || j->kind == JSON_OBJECT) {
        str type = coerce_type_name(f);
        return err_new(a, ERR_VALUE_TYPE,
                       "column \"%.*s\" is of type %.*s but expression is of "
                       "type json",
                       STR_ARG(f->column), STR_ARG(type));
    }
    return coerce_text(a, f, j->text, out);
}
