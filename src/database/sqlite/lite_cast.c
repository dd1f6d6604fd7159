#include "database/sqlite/lite_cast.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/decimal.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/real.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "database/derivation.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_form.h"
#include "database/sqlite/lite_json.h"
#include "database/sqlite/lite_statement.h"

typedef struct casting {
    arena *a;
    sqlite3_context *context;
    sqlite3_value *value; /* not null */
    scalar_type from;
    cast_type to;
    bool is_text; /* a time is to be text */
} casting;

/* As PostgreSQL calls them. */
static const char *const TYPES[] = {
    [CAST_NONE] = "unknown",
    [CAST_TEXT] = "text",
    [CAST_INT2] = "smallint",
    [CAST_INT4] = "integer",
    [CAST_INT8] = "bigint",
    [CAST_FLOAT4] = "real",
    [CAST_FLOAT8] = "double precision",
    [CAST_NUMERIC] = "numeric",
    [CAST_BOOL] = "boolean",
    [CAST_DATE] = "date",
    [CAST_TIME] = "time",
    [CAST_TIMESTAMP] = "timestamp",
    [CAST_TIMESTAMPTZ] = "timestamp with time zone",
    [CAST_UUID] = "uuid",
    [CAST_BYTEA] = "bytea",
    [CAST_JSON] = "json",
    [CAST_JSONB] = "jsonb",
};

static const char *const SCALARS[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = "text",
    [SCALAR_BOOLEAN] = "boolean",
    [SCALAR_INT] = "integer",
    [SCALAR_BIGINT] = "bigint",
    [SCALAR_FLOAT] = "double precision",
    [SCALAR_DECIMAL] = "numeric",
    [SCALAR_DATETIME] = "timestamp without time zone",
    [SCALAR_JSON] = "jsonb",
    [SCALAR_BYTES] = "bytea",
};

/* ---- Errors ------------------------------------------------------------- */

static err *no_cast(const casting *c) {
    return err_new(c->a, ERR_CAST, "cannot cast type %s to %s",
                   SCALARS[c->from], TYPES[c->to]);
}

static err *bad_syntax(const casting *c, err_code code, str text) {
    return err_new(c->a, code, "invalid input syntax for type %s: \"%.*s\"",
                   TYPES[c->to], STR_ARG(text));
}

static err *out_of_range(const casting *c) {
    return err_new(c->a, ERR_VALUE_RANGE, "%s out of range", TYPES[c->to]);
}

static err *text_out_of_range(const casting *c, str text) {
    return err_new(c->a, ERR_VALUE_RANGE,
                   "value \"%.*s\" is out of range for type %s", STR_ARG(text),
                   TYPES[c->to]);
}

/* ---- Sources ------------------------------------------------------------ */

static str source_text(const casting *c) {
    return lite_value_text(c->value);
}

/* Of a Decimal, or of an integer. */
static str source_decimal(const casting *c) {
    char *scratch = arena_take(c->a, LITE_SCRATCH, 1);
    value v = {0};
    if (sqlite3_value_type(c->value) == SQLITE_TEXT)
        return source_text(c);
    return lite_form_read_decimal(c->value, scratch, &v) ? v.text : STR("0");
}

static err *source_time(const casting *c, timestamp *out) {
    if (sqlite3_value_type(c->value) == SQLITE_INTEGER) {
        out->ms = sqlite3_value_int64(c->value);
        return timestamp_is_in_range(*out) ? NULL : out_of_range(c);
    }
    str text = str_trim(source_text(c));
    err *e = timestamp_parse(c->a, text, out);
    if (e == NULL)
        return NULL;
    return e->code == ERR_VALUE_RANGE
               ? err_new(c->a, ERR_VALUE_RANGE,
                         "date/time field value out of range: \"%.*s\"",
                         STR_ARG(text))
               : bad_syntax(c, ERR_VALUE_DATETIME, text);
}

/* The JSON scalar of that kind. */
static err *source_json(const casting *c, const json **out) {
    err *e = json_parse(c->a, source_text(c), out);
    return e == NULL ? NULL : bad_syntax(c, ERR_VALUE_SYNTAX, source_text(c));
}

static err *not_a_json(const casting *c, const json *j) {
    static const char *const KINDS[] = {
        [JSON_NULL] = "null",     [JSON_FALSE] = "boolean",
        [JSON_TRUE] = "boolean",  [JSON_NUMBER] = "numeric",
        [JSON_STRING] = "string", [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };
    return err_new(c->a, ERR_INVALID, "cannot cast jsonb %s to type %s",
                   KINDS[j->kind], TYPES[c->to]);
}

static err *json_number(const casting *c, str *out) {
    const json *j = NULL;
    TRY(source_json(c, &j));
    return j->kind == JSON_NUMBER ? decimal_parse(c->a, j->text, out)
                                  : not_a_json(c, j);
}

/* ---- To text ------------------------------------------------------------ */

/* Without the zeros at the end of the fraction, and without the zone. */
static str time_text(const casting *c, timestamp t, char separator) {
    char *text = arena_take(c->a, TIMESTAMP_LENGTH, 1);
    size_t len = timestamp_format_short(t, text) - (sizeof "+00:00" - 1);
    text[sizeof "2024-01-31" - 1] = separator;
    return (str){text, len};
}

static str real_text(const casting *c) {
    char *text = arena_take(c->a, REAL_TEXT_MAX, 1);
    return (str){text, real_format(sqlite3_value_double(c->value), text)};
}

static str bytes_text(const casting *c) {
    str bytes = lite_value_bytes(c->value);
    size_t size = 2 * bytes.len + sizeof "\\x";
    buf out = buf_over(arena_take(c->a, size + 1, 1), size + 1);
    buf_append(&out, STR("\\x"));
    hex_encode(&out, bytes);
    return buf_str(&out);
}

static err *to_text(const casting *c, str *out) {
    timestamp t = {0};
    switch (c->from) {
    case SCALAR_STRING:
        *out = source_text(c);
        return NULL;
    case SCALAR_BOOLEAN:
        *out = sqlite3_value_int(c->value) != 0 ? STR("true") : STR("false");
        return NULL;
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_DECIMAL:
        *out = source_decimal(c);
        return NULL;
    case SCALAR_FLOAT:
        *out = real_text(c);
        return NULL;
    case SCALAR_DATETIME:
        TRY(source_time(c, &t));
        *out = time_text(c, t, ' ');
        return NULL;
    case SCALAR_JSON:
        if (!lite_json_normalize(c->a, source_text(c), out))
            *out = source_text(c);
        return NULL;
    case SCALAR_BYTES:
        *out = bytes_text(c);
        return NULL;
    }
    PANIC("no such scalar");
}

/* ---- To numbers --------------------------------------------------------- */

static err *check_range(const casting *c, int64_t n) {
    bool fits = c->to == CAST_INT8 ||
                (c->to == CAST_INT4 ? n >= INT32_MIN && n <= INT32_MAX
                                    : n >= INT16_MIN && n <= INT16_MAX);
    return fits ? NULL : out_of_range(c);
}

static bool is_integer(str text) {
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    for (size_t i = at; i < text.len; i++)
        if (!ascii_is_digit(text.ptr[i]))
            return false;
    return text.len > at;
}

static err *text_to_integer(const casting *c, int64_t *out) {
    str shown = source_text(c);
    str text = str_trim(shown);
    if (!is_integer(text))
        return bad_syntax(c, ERR_VALUE_SYNTAX, shown);
    if (text.ptr[0] == '+')
        str_take(&text, 1);
    if (!str_parse_int64(text, out) || check_range(c, *out) != NULL)
        return text_out_of_range(c, shown);
    return NULL;
}

/* Rounds half away from zero. */
static err *decimal_to_integer(const casting *c, str decimal, int64_t *out) {
    str rest = decimal;
    str whole = str_split(&rest, '.');
    if (!str_parse_int64(whole, out))
        return out_of_range(c);
    if (rest.len > 0 && rest.ptr[0] >= '5') {
        int away = str_starts_with(decimal, STR("-")) ? -1 : 1;
        if (__builtin_add_overflow(*out, away, out))
            return out_of_range(c);
    }
    return NULL;
}

static err *real_to_integer(const casting *c, int64_t *out) {
    double n = rint(sqlite3_value_double(c->value));
    if (!(n >= -0x1p63 && n < 0x1p63))
        return out_of_range(c);
    *out = (int64_t)n;
    return NULL;
}

static err *to_integer(const casting *c, int64_t *out) {
    str number;
    switch (c->from) {
    case SCALAR_STRING:
        return text_to_integer(c, out);
    case SCALAR_BOOLEAN:
        if (c->to != CAST_INT4)
            return no_cast(c);
        *out = sqlite3_value_int64(c->value);
        return NULL;
    case SCALAR_INT:
    case SCALAR_BIGINT:
        *out = sqlite3_value_int64(c->value);
        return check_range(c, *out);
    case SCALAR_FLOAT:
        TRY(real_to_integer(c, out));
        return check_range(c, *out);
    case SCALAR_DECIMAL:
        TRY(decimal_to_integer(c, source_decimal(c), out));
        return check_range(c, *out);
    case SCALAR_JSON:
        TRY(json_number(c, &number));
        TRY(decimal_to_integer(c, number, out));
        return check_range(c, *out);
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return no_cast(c);
}

static bool is_number(str text) {
    for (size_t i = 0; i < text.len; i++)
        if (ascii_is_digit(text.ptr[i]))
            return true;
    return false;
}

static err *text_to_real(const casting *c, str shown, double *out) {
    arena_place before = arena_mark(c->a);
    str text = str_trim(shown);
    str ignored;
    if (real_parse(text, out))
        return NULL;
    err *e = decimal_parse(c->a, text, &ignored);
    bool is_decimal = e == NULL || e->code == ERR_VALUE_RANGE;
    arena_rewind(c->a, before);
    return is_decimal && is_number(text)
               ? err_new(c->a, ERR_VALUE_RANGE,
                         "\"%.*s\" is out of range for type %s", STR_ARG(shown),
                         TYPES[c->to])
               : bad_syntax(c, ERR_VALUE_SYNTAX, shown);
}

/* The shortest digits that are the same float, as a double. */
static err *narrow(const casting *c, double *real) {
    enum { FEWEST = 6, MOST = 9, ROOM = 32 };
    float narrow = (float)*real;
    char text[ROOM];
    if (!isfinite(narrow))
        return out_of_range(c);
    for (int digits = FEWEST; digits <= MOST; digits++) {
        int len = snprintf(text, sizeof text, "%.*g", digits, (double)narrow);
        bool is_read = real_parse((str){text, (size_t)len}, real);
        ASSERT(is_read);
        if ((float)*real == narrow)
            return NULL;
    }
    return NULL;
}

static err *source_real(const casting *c, double *out) {
    str number;
    switch (c->from) {
    case SCALAR_STRING:
        return text_to_real(c, source_text(c), out);
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
        *out = sqlite3_value_double(c->value);
        return NULL;
    case SCALAR_DECIMAL:
        return text_to_real(c, source_decimal(c), out);
    case SCALAR_JSON:
        TRY(json_number(c, &number));
        return text_to_real(c, number, out);
    case SCALAR_BOOLEAN:
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return no_cast(c);
}

static err *to_real(const casting *c, double *out) {
    TRY(source_real(c, out));
    return c->to == CAST_FLOAT4 ? narrow(c, out) : NULL;
}

static err *text_to_decimal(const casting *c, str *out) {
    str shown = source_text(c);
    err *e = decimal_parse(c->a, str_trim(shown), out);
    if (e == NULL)
        return NULL;
    return e->code == ERR_VALUE_SYNTAX ? bad_syntax(c, e->code, shown) : e;
}

static err *real_to_decimal(const casting *c, str *out) {
    enum { DIGITS = 15, ROOM = 32 };
    char text[ROOM];
    int len = snprintf(text, sizeof text, "%.*g", DIGITS,
                       sqlite3_value_double(c->value));
    return decimal_parse(c->a, arena_copy(c->a, (str){text, (size_t)len}), out);
}

static err *to_decimal(const casting *c, str *out) {
    switch (c->from) {
    case SCALAR_STRING:
        return text_to_decimal(c, out);
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_DECIMAL:
        *out = source_decimal(c);
        return NULL;
    case SCALAR_FLOAT:
        return real_to_decimal(c, out);
    case SCALAR_JSON:
        return json_number(c, out);
    case SCALAR_BOOLEAN:
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return no_cast(c);
}

/* ---- To the rest -------------------------------------------------------- */

/* PostgreSQL takes what only one of the words begins with. */
static bool parse_bool(str text, bool *out) {
    static const struct {
        str word;
        size_t least;
        bool is_true;
    } WORDS[] = {
        {STR_INIT("true"), 1, true}, {STR_INIT("false"), 1, false},
        {STR_INIT("yes"), 1, true},  {STR_INIT("no"), 1, false},
        {STR_INIT("on"), 2, true},   {STR_INIT("off"), 2, false},
        {STR_INIT("1"), 1, true},    {STR_INIT("0"), 1, false},
    };
    for (size_t i = 0; i < LENGTH(WORDS); i++) {
        str word = WORDS[i].word;
        if (text.len < WORDS[i].least || text.len > word.len)
            continue;
        if (str_equal_ignoring_case(text, str_slice(word, 0, text.len))) {
            *out = WORDS[i].is_true;
            return true;
        }
    }
    return false;
}

static err *to_bool(const casting *c, bool *out) {
    const json *j = NULL;
    switch (c->from) {
    case SCALAR_STRING:
        return parse_bool(str_trim(source_text(c)), out)
                   ? NULL
                   : bad_syntax(c, ERR_VALUE_SYNTAX, source_text(c));
    case SCALAR_BOOLEAN:
    case SCALAR_INT:
        *out = sqlite3_value_int64(c->value) != 0;
        return NULL;
    case SCALAR_JSON:
        TRY(source_json(c, &j));
        *out = j->kind == JSON_TRUE;
        return *out || j->kind == JSON_FALSE ? NULL : not_a_json(c, j);
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return no_cast(c);
}

static err *time_of_day(const casting *c, timestamp *out) {
    if (c->from == SCALAR_STRING) {
        str text = arena_printf(c->a, "2000-01-01 %.*s",
                                STR_ARG(str_trim(source_text(c))));
        if (timestamp_parse(c->a, text, out) == NULL)
            return NULL;
    }
    return source_time(c, out);
}

static str print_time(const casting *c, timestamp t) {
    enum { DAY = sizeof "2024-01-31" - 1 };
    str full = time_text(c, t, 'T');
    if (c->to == CAST_DATE)
        return str_slice(full, 0, DAY);
    if (c->to == CAST_TIME)
        return str_slice(full, DAY + 1, full.len);
    if (c->to == CAST_TIMESTAMPTZ)
        return arena_printf(c->a, "%.*s+00:00", STR_ARG(full));
    return full;
}

static err *to_time(const casting *c, str *out) {
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    timestamp t = {0};
    if (c->from != SCALAR_STRING && c->from != SCALAR_DATETIME)
        return no_cast(c);
    TRY(c->to == CAST_TIME ? time_of_day(c, &t) : source_time(c, &t));
    if (c->is_text || c->to == CAST_TIME) {
        *out = print_time(c, t);
        return NULL;
    }
    if (c->to == CAST_DATE)
        t.ms -= (t.ms % DAY_MS + DAY_MS) % DAY_MS;
    char *text = arena_take(c->a, TIMESTAMP_LENGTH, 1);
    timestamp_format(t, text);
    *out = (str){text, TIMESTAMP_LENGTH};
    return NULL;
}

static err *to_uuid(const casting *c, str *out) {
    str shown = source_text(c);
    uuid u;
    if (c->from != SCALAR_STRING)
        return no_cast(c);
    str text = str_trim(shown);
    if (text.len == UUID_LENGTH + 2 && text.ptr[0] == '{')
        text = str_slice(text, 1, text.len - 1);
    if (!uuid_parse(text, &u))
        return bad_syntax(c, ERR_VALUE_SYNTAX, shown);
    char *written = arena_take(c->a, UUID_LENGTH, 1);
    uuid_format(u, written);
    *out = (str){written, UUID_LENGTH};
    return NULL;
}

static err *to_bytes(const casting *c, str *out) {
    if (c->from == SCALAR_BYTES) {
        *out = lite_value_bytes(c->value);
        return NULL;
    }
    if (c->from != SCALAR_STRING)
        return no_cast(c);
    *out = source_text(c);
    if (!str_starts_with(*out, STR("\\x")))
        return NULL;
    str digits = str_slice(*out, 2, out->len);
    return hex_decode(c->a, digits, out)
               ? NULL
               : bad_syntax(c, ERR_VALUE_SYNTAX, source_text(c));
}

static err *to_json(const casting *c, str *out) {
    const json *j = NULL;
    if (c->from != SCALAR_STRING && c->from != SCALAR_JSON)
        return no_cast(c);
    if (json_parse(c->a, source_text(c), &j) != NULL)
        return err_new(c->a, ERR_VALUE_SYNTAX,
                       "invalid input syntax for type json");
    *out = source_text(c);
    if (c->to == CAST_JSONB)
        (void)lite_json_normalize(c->a, source_text(c), out);
    return NULL;
}

/* ---- The function ------------------------------------------------------- */

static err *give_integer(const casting *c) {
    int64_t n = 0;
    TRY(to_integer(c, &n));
    sqlite3_result_int64(c->context, n);
    return NULL;
}

static err *give_real(const casting *c) {
    double n = 0;
    TRY(to_real(c, &n));
    sqlite3_result_double(c->context, n);
    return NULL;
}

static err *give_bool(const casting *c) {
    bool b = false;
    TRY(to_bool(c, &b));
    sqlite3_result_int(c->context, b);
    return NULL;
}

static err *give_bytes(const casting *c) {
    str bytes;
    TRY(to_bytes(c, &bytes));
    sqlite3_result_blob64(c->context, bytes.ptr != NULL ? bytes.ptr : "",
                          bytes.len, SQLITE_TRANSIENT);
    return NULL;
}

typedef err *make_text(const casting *c, str *out);

static err *give_text(const casting *c, make_text *make) {
    str text;
    TRY(make(c, &text));
    lite_result_text(c->context, text);
    return NULL;
}

static err *give(const casting *c) {
    switch (c->to) {
    case CAST_NONE:
    case CAST_TEXT:
        return give_text(c, to_text);
    case CAST_INT2:
    case CAST_INT4:
    case CAST_INT8:
        return give_integer(c);
    case CAST_FLOAT4:
    case CAST_FLOAT8:
        return give_real(c);
    case CAST_NUMERIC:
        return give_text(c, to_decimal);
    case CAST_BOOL:
        return give_bool(c);
    case CAST_DATE:
    case CAST_TIME:
    case CAST_TIMESTAMP:
    case CAST_TIMESTAMPTZ:
        return give_text(c, to_time);
    case CAST_UUID:
        return give_text(c, to_uuid);
    case CAST_BYTEA:
        return give_bytes(c);
    case CAST_JSON:
    case CAST_JSONB:
        return give_text(c, to_json);
    }
    PANIC("no such cast");
}

void lite_cast(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    CLEANUP(arena_release) arena *a = arena_new();
    casting c = {
        .a = a,
        .context = context,
        .value = values[0],
        .from = (scalar_type)sqlite3_value_int(values[1]),
        .to = (cast_type)sqlite3_value_int(values[2]),
        .is_text = sqlite3_value_int(values[3]) == SCALAR_STRING,
    };
    err *e = give(&c);
    if (e != NULL)
        lite_fail(context, e);
}
