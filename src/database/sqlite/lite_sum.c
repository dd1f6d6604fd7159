#include "database/sqlite/lite_sum.h"

#include <math.h>

#include "base/ascii.h"
#include "base/decimal_math.h"
#include "base/decimal_sum.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_form.h"
#include "database/sqlite/lite_statement.h"
#include "schema/scalar_type.h"

typedef struct sum {
    int64_t count;
    scalar_type scalar;
    bool has_scale; /* of decimals that are made; columns have none */
    double real;
    decimal_sum decimal;
} sum;

/* ---- Decimals ----------------------------------------------------------- */

/* What decimal.h takes: digits with a '-' and a point perhaps. */
static bool is_decimal(str text) {
    size_t points = 0;
    if (text.len > 0 && text.ptr[0] == '-')
        str_take(&text, 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.' && i > 0 && i + 1 < text.len)
            points++;
        else if (!ascii_is_digit(text.ptr[i]))
            return false;
    }
    return text.len > 0 && text.len <= DECIMAL_MAX_DIGITS && points <= 1;
}

int lite_decimal_compare(str x, str y) {
    if (is_decimal(x) && is_decimal(y))
        return decimal_compare(x, y);
    return str_compare(x, y);
}

/* ---- Adding ------------------------------------------------------------- */

static void fail(sqlite3_context *c, err_code code, const char *message) {
    CLEANUP(arena_release) arena *a = arena_new();
    lite_fail(c, err_new(a, code, "%s", message));
}

static void add_decimal(sqlite3_context *c, sum *s, sqlite3_value *cell) {
    char scratch[LITE_SCRATCH];
    value v = {0};
    bool is_made = sqlite3_value_type(cell) == SQLITE_TEXT;
    s->has_scale |= is_made;
    if (is_made)
        v.text = lite_value_text(cell);
    else if (!lite_form_read_decimal(cell, scratch, &v))
        v.text = (str){0};
    if (is_decimal(v.text))
        decimal_sum_add(&s->decimal, v.text);
    else
        fail(c, ERR_CORRUPT, "a value to be added is no number");
}

static void add(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    sum *s = sqlite3_aggregate_context(c, sizeof *s);
    if (s == NULL) {
        sqlite3_result_error_nomem(c);
        return;
    }
    s->scalar = (scalar_type)sqlite3_value_int(values[1]);
    if (!scalar_type_is_number(s->scalar)) {
        fail(c, ERR_OPERATOR_TYPE, "only numbers have a sum and an average");
        return;
    }
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    s->count++;
    if (s->scalar == SCALAR_FLOAT)
        s->real += sqlite3_value_double(values[0]);
    else
        add_decimal(c, s, values[0]);
}

/* ---- Results ------------------------------------------------------------ */

static void give_real(sqlite3_context *c, double real) {
    if (isfinite(real))
        sqlite3_result_double(c, real);
    else
        fail(c, ERR_VALUE_RANGE, "value out of range: overflow");
}

static void give_integer(sqlite3_context *c, str digits) {
    int64_t n;
    if (str_parse_int64(digits, &n))
        sqlite3_result_int64(c, n);
    else
        fail(c, ERR_VALUE_RANGE, "bigint out of range");
}

/* Zeros behind the point are nothing that anybody asked for, unless they were
 * written. */
static void give_decimal(sqlite3_context *c, const sum *s, str decimal) {
    lite_result_text(c, s->has_scale ? decimal : decimal_trim(decimal));
}

static void give_sum(sqlite3_context *c) {
    sum *s = sqlite3_aggregate_context(c, 0);
    CLEANUP(arena_release) arena *a = arena_new();
    if (s == NULL || s->count == 0)
        return;
    if (s->scalar == SCALAR_FLOAT)
        give_real(c, s->real);
    else if (s->scalar == SCALAR_INT)
        give_integer(c, decimal_sum_text(a, &s->decimal));
    else
        give_decimal(c, s, decimal_sum_text(a, &s->decimal));
}

static void give_average(sqlite3_context *c) {
    sum *s = sqlite3_aggregate_context(c, 0);
    CLEANUP(arena_release) arena *a = arena_new();
    if (s == NULL || s->count == 0)
        return;
    if (s->scalar == SCALAR_FLOAT)
        give_real(c, s->real / (double)s->count);
    else
        give_decimal(c, s, decimal_sum_average(a, &s->decimal, s->count));
}

int lite_sum_add(sqlite3 *db) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    int rc = sqlite3_create_function(db, "tenon_sum", 2, flags, NULL, NULL, add,
                                     give_sum);
    return rc != SQLITE_OK
               ? rc
               : sqlite3_create_function(db, "tenon_avg", 2, flags, NULL, NULL,
                                         add, give_average);
}
