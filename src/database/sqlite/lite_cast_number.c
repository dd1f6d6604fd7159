#include "database/sqlite/lite_cast_number.h"

#include <math.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/decimal.h"
#include "base/real.h"
#include "database/sqlite/lite_statement.h"

static err *text_out_of_range(const lite_casting *c, str text) {
    return err_new(c->a, ERR_VALUE_RANGE,
                   "value \"%.*s\" is out of range for type %s", STR_ARG(text),
                   lite_casting_type(c));
}

static err *json_number(const lite_casting *c, str *out) {
    const json *j = NULL;
    TRY(lite_casting_json(c, &j));
    return j->kind == JSON_NUMBER ? decimal_parse(c->a, j->text, out)
                                  : lite_casting_not_a_json(c, j);
}

static err *check_range(const lite_casting *c, int64_t n) {
    bool fits = c->to == CAST_INT8 ||
                (c->to == CAST_INT4 ? n >= INT32_MIN && n <= INT32_MAX
                                    : n >= INT16_MIN && n <= INT16_MAX);
    return fits ? NULL : lite_casting_out_of_range(c);
}

static bool is_integer(str text) {
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    for (size_t i = at; i < text.len; i++)
        if (!ascii_is_digit(text.ptr[i]))
            return false;
    return text.len > at;
}

static err *text_to_integer(const lite_casting *c, int64_t *out) {
    str shown = lite_casting_text(c);
    str text = str_trim(shown);
    if (!is_integer(text))
        return lite_casting_bad_syntax(c, ERR_VALUE_SYNTAX, shown);
    if (text.ptr[0] == '+')
        str_take(&text, 1);
    if (!str_parse_int64(text, out) || check_range(c, *out) != NULL)
        return text_out_of_range(c, shown);
    return NULL;
}

/* Rounds half away from zero. */
static err *decimal_to_integer(const lite_casting *c, str decimal,
                               int64_t *out) {
    str rest = decimal;
    str whole = str_split(&rest, '.');
    if (!str_parse_int64(whole, out))
        return lite_casting_out_of_range(c);
    if (rest.len > 0 && rest.ptr[0] >= '5') {
        int away = str_starts_with(decimal, STR("-")) ? -1 : 1;
        if (__builtin_add_overflow(*out, away, out))
            return lite_casting_out_of_range(c);
    }
    return NULL;
}

static err *real_to_integer(const lite_casting *c, int64_t *out) {
    double n = rint(sqlite3_value_double(c->value));
    if (!(n >= -0x1p63 && n < 0x1p63))
        return lite_casting_out_of_range(c);
    *out = (int64_t)n;
    return NULL;
}

err *lite_cast_to_integer(const lite_casting *c, int64_t *out) {
    str number = {0};
    switch (c->from) {
    case SCALAR_STRING:
        return text_to_integer(c, out);
    case SCALAR_BOOLEAN:
        if (c->to != CAST_INT4)
            return lite_casting_no_cast(c);
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
        TRY(decimal_to_integer(c, lite_casting_decimal(c), out));
        return check_range(c, *out);
    case SCALAR_JSON:
        TRY(json_number(c, &number));
        TRY(decimal_to_integer(c, number, out));
        return check_range(c, *out);
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return lite_casting_no_cast(c);
}

static bool is_number(str text) {
    for (size_t i = 0; i < text.len; i++)
        if (ascii_is_digit(text.ptr[i]))
            return true;
    return false;
}

static err *text_to_real(const lite_casting *c, str shown, double *out) {
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
                         lite_casting_type(c))
               : lite_casting_bad_syntax(c, ERR_VALUE_SYNTAX, shown);
}

/* The shortest digits that are the same float, as a double. */
static err *narrow(const lite_casting *c, double *real) {
    enum { FEWEST = 6, MOST = 9, ROOM = 32 };
    float narrow = (float)*real;
    char text[ROOM];
    if (!isfinite(narrow))
        return lite_casting_out_of_range(c);
    for (int digits = FEWEST; digits <= MOST; digits++) {
        int len = snprintf(text, sizeof text, "%.*g", digits, (double)narrow);
        bool is_read = real_parse((str){text, (size_t)len}, real);
        ASSERT(is_read);
        if ((float)*real == narrow)
            return NULL;
    }
    return NULL;
}

static err *source_real(const lite_casting *c, double *out) {
    str number = {0};
    switch (c->from) {
    case SCALAR_STRING:
        return text_to_real(c, lite_casting_text(c), out);
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
        *out = sqlite3_value_double(c->value);
        return NULL;
    case SCALAR_DECIMAL:
        return text_to_real(c, lite_casting_decimal(c), out);
    case SCALAR_JSON:
        TRY(json_number(c, &number));
        return text_to_real(c, number, out);
    case SCALAR_BOOLEAN:
    case SCALAR_DATETIME:
    case SCALAR_BYTES:
        break;
    }
    return lite_casting_no_cast(c);
}

err *lite_cast_to_real(const lite_casting *c, double *out) {
    TRY(source_real(c, out));
    return c->to == CAST_FLOAT4 ? narrow(c, out) : NULL;
}

static err *text_to_decimal(const lite_casting *c, str *out) {
    str shown = lite_casting_text(c);
    err *e = decimal_parse(c->a, str_trim(shown), out);
    if (e == NULL)
        return NULL;
    return e->code == ERR_VALUE_SYNTAX
               ? lite_casting_bad_syntax(c, e->code, shown)
               : e;
}

static err *real_to_decimal(const lite_casting *c, str *out) {
    enum { DIGITS = 15, ROOM = 32 };
    char text[ROOM];
    int len = snprintf(text, sizeof text, "%.*g", DIGITS,
                       sqlite3_value_double(c->value));
    return decimal_parse(c->a, arena_copy(c->a, (str){text, (size_t)len}), out);
}

err *lite_cast_to_decimal(const lite_casting *c, str *out) {
    switch (c->from) {
    case SCALAR_STRING:
        return text_to_decimal(c, out);
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_DECIMAL:
        *out = lite_casting_decimal(c);
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
    return lite_casting_no_cast(c);
}
