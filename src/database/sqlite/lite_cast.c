#include "database/sqlite/lite_cast.h"

#include "base/assert.h"
#include "base/hex.h"
#include "base/real.h"
#include "base/uuid.h"
#include "database/sqlite/lite_cast_number.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_json.h"
#include "database/sqlite/lite_statement.h"

/* ---- To text ------------------------------------------------------------ */

/* Without the zeros at the end of the fraction, and without the zone. */
static str time_text(const lite_casting *c, timestamp t, char separator) {
    char *text = arena_take(c->a, TIMESTAMP_LENGTH, 1);
    size_t len = timestamp_format_short(t, text) - (sizeof "+00:00" - 1);
    text[sizeof "2024-01-31" - 1] = separator;
    return (str){text, len};
}

static str real_text(const lite_casting *c) {
    char *text = arena_take(c->a, REAL_TEXT_MAX, 1);
    return (str){text, real_format(sqlite3_value_double(c->value), text)};
}

static str bytes_text(const lite_casting *c) {
    str bytes = lite_value_bytes(c->value);
    size_t size = 2 * bytes.len + sizeof "\\x";
    buf out = buf_over(arena_take(c->a, size + 1, 1), size + 1);
    buf_append(&out, STR("\\x"));
    hex_encode(&out, bytes);
    return buf_str(&out);
}

static err *to_text(const lite_casting *c, str *out) {
    timestamp t = {0};
    switch (c->from) {
    case SCALAR_STRING:
        *out = lite_casting_text(c);
        return NULL;
    case SCALAR_BOOLEAN:
        *out = sqlite3_value_int(c->value) != 0 ? STR("true") : STR("false");
        return NULL;
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_DECIMAL:
        *out = lite_casting_decimal(c);
        return NULL;
    case SCALAR_FLOAT:
        *out = real_text(c);
        return NULL;
    case SCALAR_DATETIME:
        TRY(lite_casting_time(c, &t));
        *out = time_text(c, t, ' ');
        return NULL;
    case SCALAR_JSON:
        if (!lite_json_normalize(c->a, lite_casting_text(c), out))
            *out = lite_casting_text(c);
        return NULL;
    case SCALAR_BYTES:
        *out = bytes_text(c);
        return NULL;
    }
    PANIC("no such scalar");
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

static err *to_bool(const lite_casting *c, bool *out) {
    const json *j = NULL;
    switch (c->from) {
    case SCALAR_STRING:
        return parse_bool(str_trim(lite_casting_text(c)), out)
                   ? NULL
                   : lite_casting_bad_syntax(c, ERR_VALUE_SYNTAX,
                                             lite_casting_text(c));
    case SCALAR_BOOLEAN:
    case SCALAR_INT:
        *out = sqlite3_value_int64(c->value) != 0;
        return NULL;
    case SCALAR_JSON:
        TRY(lite_casting_json(c, &j));
        *out = j->kind == JSON_TRUE;
        return *out || j->kind == JSON_FALSE ? NULL
                                             : lite_casting_not_a_json(c, j);
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return lite_casting_no_cast(c);
}

static err *time_of_day(const lite_casting *c, timestamp *out) {
    if (c->from == SCALAR_STRING) {
        str text = arena_printf(c->a, "2000-01-01 %.*s",
                                STR_ARG(str_trim(lite_casting_text(c))));
        err *e = timestamp_parse(c->a, text, out);
        if (e == NULL)
            return NULL;
        if (e->code == ERR_VALUE_RANGE)
            return lite_casting_no_such_time(c, lite_casting_text(c));
    }
    return lite_casting_time(c, out);
}

static str print_time(const lite_casting *c, timestamp t) {
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

static err *to_time(const lite_casting *c, str *out) {
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    timestamp t = {0};
    if (c->from != SCALAR_STRING && c->from != SCALAR_DATETIME)
        return lite_casting_no_cast(c);
    TRY(c->to == CAST_TIME ? time_of_day(c, &t) : lite_casting_time(c, &t));
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

static err *to_uuid(const lite_casting *c, str *out) {
    str shown = lite_casting_text(c);
    uuid u;
    if (c->from != SCALAR_STRING)
        return lite_casting_no_cast(c);
    str text = str_trim(shown);
    if (text.len == UUID_LENGTH + 2 && text.ptr[0] == '{')
        text = str_slice(text, 1, text.len - 1);
    if (!uuid_parse(text, &u))
        return lite_casting_bad_syntax(c, ERR_VALUE_SYNTAX, shown);
    char *written = arena_take(c->a, UUID_LENGTH, 1);
    uuid_format(u, written);
    *out = (str){written, UUID_LENGTH};
    return NULL;
}

static err *to_bytes(const lite_casting *c, str *out) {
    if (c->from == SCALAR_BYTES) {
        *out = lite_value_bytes(c->value);
        return NULL;
    }
    if (c->from != SCALAR_STRING)
        return lite_casting_no_cast(c);
    *out = lite_casting_text(c);
    if (!str_starts_with(*out, STR("\\x")))
        return NULL;
    str digits = str_slice(*out, 2, out->len);
    return hex_decode(c->a, digits, out)
               ? NULL
               : lite_casting_bad_syntax(c, ERR_VALUE_SYNTAX,
                                         lite_casting_text(c));
}

static err *to_json(const lite_casting *c, str *out) {
    const json *j = NULL;
    if (c->from != SCALAR_STRING && c->from != SCALAR_JSON)
        return lite_casting_no_cast(c);
    if (json_parse(c->a, lite_casting_text(c), &j) != NULL)
        return err_new(c->a, ERR_VALUE_SYNTAX,
                       "invalid input syntax for type json");
    *out = lite_casting_text(c);
    if (c->to == CAST_JSONB)
        (void)lite_json_normalize(c->a, lite_casting_text(c), out);
    return NULL;
}

/* ---- The function ------------------------------------------------------- */

static err *give_integer(const lite_casting *c) {
    int64_t n = 0;
    TRY(lite_cast_to_integer(c, &n));
    sqlite3_result_int64(c->context, n);
    return NULL;
}

static err *give_real(const lite_casting *c) {
    double n = 0;
    TRY(lite_cast_to_real(c, &n));
    sqlite3_result_double(c->context, n);
    return NULL;
}

static err *give_bool(const lite_casting *c) {
    bool b = false;
    TRY(to_bool(c, &b));
    sqlite3_result_int(c->context, b);
    return NULL;
}

static err *give_bytes(const lite_casting *c) {
    str bytes = {0};
    TRY(to_bytes(c, &bytes));
    sqlite3_result_blob64(c->context, bytes.ptr != NULL ? bytes.ptr : "",
                          bytes.len, SQLITE_TRANSIENT);
    return NULL;
}

typedef err *make_text(const lite_casting *c, str *out);

static err *give_text(const lite_casting *c, make_text *make) {
    str text = {0};
    TRY(make(c, &text));
    lite_result_text(c->context, text);
    return NULL;
}

static err *give(const lite_casting *c) {
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
        return give_text(c, lite_cast_to_decimal);
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
    lite_casting c = {
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
