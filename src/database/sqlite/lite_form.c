#include "database/sqlite/lite_form.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/real.h"
#include "base/timestamp.h"
#include "database/sqlite/lite_statement.h"

static const lite_form FORMS[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = LITE_TEXT,       [SCALAR_BOOLEAN] = LITE_BOOLEAN,
    [SCALAR_INT] = LITE_INTEGER,       [SCALAR_BIGINT] = LITE_INTEGER,
    [SCALAR_FLOAT] = LITE_REAL,        [SCALAR_DECIMAL] = LITE_DECIMAL,
    [SCALAR_DATETIME] = LITE_DATETIME, [SCALAR_JSON] = LITE_JSON,
    [SCALAR_BYTES] = LITE_BYTES,
};

lite_form lite_form_of(const field *f) {
    return f->is_list ? LITE_JSON : FORMS[f->scalar];
}

err *lite_layout_refuse(arena *a, const model *m) {
    return err_with_hint(
        err_new(a, ERR_UNKNOWN_TABLE, "the database has no view \"%.*s\"",
                STR_ARG(m->table)),
        STR("a view block describes a view that CREATE VIEW has made; restart"
            " the server when it is there"));
}

enum { REAL_DIGITS = LITE_DECIMAL_DIGITS };

/* True if all behind the point is zeros, and what stands before it fits. */
static bool parse_integer(str decimal, int64_t *out) {
    str rest = decimal;
    str whole = str_split(&rest, '.');
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] != '0')
            return false;
    return str_parse_int64(whole, out);
}

/* Digits between the first and the last one that is not 0, of a number without
 * or before its exponent. */
static size_t count_significant(str number) {
    size_t digits = 0;
    size_t significant = 0;
    for (size_t i = 0; i < number.len; i++) {
        char c = number.ptr[i];
        if (c == 'e' || c == 'E')
            break;
        if (c < '0' || c > '9' || (c == '0' && digits == 0))
            continue;
        digits++;
        if (c != '0')
            significant = digits;
    }
    return significant;
}

static int bind_decimal(sqlite3_stmt *statement, int at, str text) {
    int64_t integer;
    if (parse_integer(text, &integer))
        return sqlite3_bind_int64(statement, at, integer);
    double number;
    if (real_parse(text, &number))
        return sqlite3_bind_double(statement, at, number);
    /* Past the largest double: SQLite reads it as an infinity. */
    return lite_bind_text(statement, at, text);
}

static int bind_ms(arena *a, sqlite3_stmt *statement, int at, str text) {
    timestamp t = {0};
    err *e = timestamp_parse(a, text, &t);
    ASSERT(e == NULL);
    return sqlite3_bind_int64(statement, at, t.ms);
}

/* The same instant ending in Z. */
static int bind_z(sqlite3_stmt *statement, int at, str text) {
    char z[TIMESTAMP_LENGTH];
    ASSERT(text.len == TIMESTAMP_LENGTH);
    size_t len = text.len - sizeof "+00:00" + 1;
    memcpy(z, text.ptr, len);
    z[len++] = 'Z';
    return sqlite3_bind_text(statement, at, z, (int)len, SQLITE_TRANSIENT);
}

/* "2024-01-31T12:00:00.500+00:00" without its zone, nor a fraction of zeros. */
static int bind_sql(sqlite3_stmt *statement, int at, str text) {
    enum { SECONDS = sizeof "2024-01-31T12:00:00" - 1, FRACTION = 4 };
    char sql[SECONDS + FRACTION];
    ASSERT(text.len == TIMESTAMP_LENGTH);
    memcpy(sql, text.ptr, sizeof sql);
    sql[sizeof "2024-01-31" - 1] = ' ';
    bool is_whole = memcmp(sql + SECONDS, ".000", FRACTION) == 0;
    return sqlite3_bind_text(statement, at, sql,
                             is_whole ? SECONDS : SECONDS + FRACTION,
                             SQLITE_TRANSIENT);
}

static int bind_text(arena *a, sqlite3_stmt *statement, int at, lite_form form,
                     str text) {
    switch (form) {
    case LITE_DECIMAL:
        return bind_decimal(statement, at, text);
    case LITE_DATETIME_MS:
        return bind_ms(a, statement, at, text);
    case LITE_DATETIME_Z:
        return bind_z(statement, at, text);
    case LITE_DATETIME_SQL:
        return bind_sql(statement, at, text);
    case LITE_TEXT:
    case LITE_BOOLEAN:
    case LITE_INTEGER:
    case LITE_REAL:
    case LITE_DATETIME:
    case LITE_JSON:
    case LITE_JSON_NUMERIC:
    case LITE_BYTES:
    case LITE_DECIMAL_TEXT:
        return lite_bind_text(statement, at, text);
    }
    PANIC("no such form");
}

int lite_form_bind(arena *a, sqlite3_stmt *statement, int at, lite_form form,
                   value v) {
    switch (v.kind) {
    case VALUE_NULL:
        return sqlite3_bind_null(statement, at);
    case VALUE_BOOL:
        return sqlite3_bind_int(statement, at, v.boolean);
    case VALUE_INT:
        return sqlite3_bind_int64(statement, at, v.integer);
    case VALUE_FLOAT:
        return sqlite3_bind_double(statement, at, v.real);
    case VALUE_TEXT:
        return bind_text(a, statement, at, form, v.text);
    case VALUE_BYTES:
        return lite_bind_bytes(statement, at, v.text);
    case VALUE_DEFAULT:
    case VALUE_CELL:
        break;
    }
    PANIC("a default cannot be bound");
}

static bool is_number(str json) {
    json = str_trim(json);
    return json.len > 0 && (json.ptr[0] == '-' || ascii_is_digit(json.ptr[0]));
}

/* A 64-bit integer is kept exactly, and so are 15 digits in a double's range;
 * below it doubles have fewer. */
bool lite_form_keeps_decimal(str number) {
    int64_t integer;
    double real;
    return parse_integer(number, &integer) ||
           (count_significant(number) <= REAL_DIGITS &&
            real_parse(number, &real) && fabs(real) >= DBL_MIN);
}

static bool survives(lite_form form, value v) {
    if (v.kind != VALUE_TEXT)
        return true;
    if (form == LITE_DECIMAL)
        return lite_form_keeps_decimal(v.text);
    return form != LITE_JSON_NUMERIC || !is_number(v.text) ||
           lite_form_keeps_decimal(str_trim(v.text));
}

err *lite_form_store(arena *a, sqlite3_stmt *statement, int at, const field *f,
                     lite_form form, value v) {
    if (UNLIKELY(!survives(form, v))) {
        err *e = err_new(a, ERR_VALUE_RANGE, "numeric field overflow");
        return err_with_details(
            e, arena_printf(a,
                            "Column \"%.*s\" of table \"%.*s\" keeps %d"
                            " significant digits on SQLite.",
                            STR_ARG(f->column), STR_ARG(f->model->table),
                            REAL_DIGITS));
    }
    int rc = lite_form_bind(a, statement, at, form, v);
    if (LIKELY(rc == SQLITE_OK))
        return NULL;
    return err_new(a, rc == SQLITE_TOOBIG ? ERR_TOO_LARGE : ERR_INTERNAL,
                   "the value for column \"%.*s\" is too large",
                   STR_ARG(f->column));
}

/* 1.5e-07 without the exponent. digits is "-1.5e-07" as printf writes it. */
static size_t write_plain(const char *digits, char *out) {
    char *to = out;
    if (*digits == '-')
        *to++ = *digits++;
    char significant[REAL_DIGITS + 1];
    int count = 0;
    for (; *digits != 'e'; digits++)
        if (*digits != '.')
            significant[count++] = *digits;
    int point = 1; /* how many digits stand before it */
    int sign = digits[1] == '-' ? -1 : 1;
    int exponent = 0;
    for (digits += 2; *digits != '\0'; digits++)
        exponent = exponent * 10 + (*digits - '0');
    point += sign * exponent;
    while (count > 1 && count > point && significant[count - 1] == '0')
        count--;
    if (point <= 0) {
        *to++ = '0';
        *to++ = '.';
    }
    for (int i = point; i < 0; i++)
        *to++ = '0';
    for (int i = 0; i < count || i < point; i++) {
        if (i == point && i > 0)
            *to++ = '.';
        *to++ = i < count ? significant[i] : '0';
    }
    return (size_t)(to - out);
}

/* Apart, so that not each cell pays for the guard of its buffer. */
static NOINLINE bool read_decimal(sqlite3_value *cell, int type, char *scratch,
                                  value *out) {
    DEBUG_ASSERT(scratch != NULL);
    if (type == SQLITE_INTEGER) {
        int len =
            snprintf(scratch, LITE_SCRATCH, "%lld", sqlite3_value_int64(cell));
        out->text = (str){scratch, (size_t)len};
        return true;
    }
    double number = sqlite3_value_double(cell);
    if (type != SQLITE_FLOAT || !__builtin_isfinite(number))
        return false;
    char digits[32];
    snprintf(digits, sizeof digits, "%.*e", REAL_DIGITS - 1, number);
    out->text = (str){scratch, write_plain(digits, scratch)};
    return true;
}

bool lite_form_read_decimal(sqlite3_value *cell, char *scratch, value *out) {
    return read_decimal(cell, sqlite3_value_type(cell), scratch, out);
}

static bool read_ms(sqlite3_value *cell, int type, char *scratch, value *out) {
    timestamp t = {sqlite3_value_int64(cell)};
    if (type != SQLITE_INTEGER || !timestamp_is_in_range(t))
        return false;
    timestamp_format(t, scratch);
    out->text = (str){scratch, TIMESTAMP_LENGTH};
    return true;
}

static bool read_z(sqlite3_value *cell, char *scratch, value *out) {
    DEBUG_ASSERT(scratch != NULL);
    str text = lite_value_text(cell);
    str zone = STR("+00:00");
    size_t length = TIMESTAMP_LENGTH - zone.len;
    if (text.len != length + 1) /* the Z */
        return false;
    memcpy(scratch, text.ptr, length);
    memcpy(scratch + length, zone.ptr, zone.len);
    out->text = (str){scratch, TIMESTAMP_LENGTH};
    return true;
}

static bool read_sql(sqlite3_value *cell, char *scratch, value *out) {
    static const char ZEROS[] = "0000-00-00T00:00:00.000+00:00";
    DEBUG_ASSERT(scratch != NULL);
    str text = lite_value_text(cell);
    if (text.len != sizeof "2024-01-31 12:00:00" - 1 &&
        text.len != sizeof "2024-01-31 12:00:00.123" - 1)
        return false;
    memcpy(scratch, ZEROS, TIMESTAMP_LENGTH);
    memcpy(scratch, text.ptr, text.len);
    scratch[sizeof "2024-01-31" - 1] = 'T';
    out->text = (str){scratch, TIMESTAMP_LENGTH};
    return true;
}

static bool read_text(sqlite3_value *cell, int type, value *out) {
    if (UNLIKELY(type != SQLITE_TEXT))
        return false;
    out->text = lite_value_text(cell);
    return true;
}

static inline bool read_cell(sqlite3_value *cell, lite_form form, char *scratch,
                             value *out) {
    int type = sqlite3_value_type(cell);
    if (type == SQLITE_NULL) {
        out->kind = VALUE_NULL;
        return true;
    }
    out->kind = VALUE_TEXT;
    switch (form) {
    case LITE_TEXT:
    case LITE_DATETIME:
    case LITE_JSON:
    case LITE_DECIMAL_TEXT:
        return read_text(cell, type, out);
    case LITE_JSON_NUMERIC:
        out->text = lite_value_text(cell);
        return type != SQLITE_BLOB;
    case LITE_INTEGER:
        out->kind = VALUE_INT;
        out->integer = sqlite3_value_int64(cell);
        return type == SQLITE_INTEGER;
    case LITE_BOOLEAN:
        out->kind = VALUE_BOOL;
        out->boolean = sqlite3_value_int64(cell) != 0;
        return type == SQLITE_INTEGER;
    case LITE_REAL:
        out->kind = VALUE_FLOAT;
        out->real = sqlite3_value_double(cell);
        return (type == SQLITE_FLOAT || type == SQLITE_INTEGER) &&
               __builtin_isfinite(out->real);
    case LITE_BYTES:
        out->kind = VALUE_BYTES;
        out->text = lite_value_bytes(cell);
        return type == SQLITE_BLOB || type == SQLITE_TEXT;
    case LITE_DECIMAL:
        return read_decimal(cell, type, scratch, out);
    case LITE_DATETIME_MS:
        return read_ms(cell, type, scratch, out);
    case LITE_DATETIME_Z:
        return read_z(cell, scratch, out);
    case LITE_DATETIME_SQL:
        return read_sql(cell, scratch, out);
    }
    PANIC("no such form");
}

bool lite_form_read_value(sqlite3_value *cell, lite_form form, char *scratch,
                          value *out) {
    return read_cell(cell, form, scratch, out);
}

bool lite_form_read(sqlite3_stmt *row, int column, lite_form form,
                    char *scratch, value *out) {
    return read_cell(lite_cell(row, column), form, scratch, out);
}

size_t lite_form_read_all(sqlite3_stmt *row, const lite_form *forms,
                          size_t count, char *scratch, value *out) {
    size_t i = 0;
    size_t step = scratch != NULL ? LITE_SCRATCH : 0;
    char *own = scratch;
    for (; i < count; i++, own += step) {
        sqlite3_value *cell = lite_cell(row, (int)i);
        if (UNLIKELY(!read_cell(cell, forms[i], own, &out[i])))
            break;
    }
    return i;
}
