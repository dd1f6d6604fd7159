#include "database/sqlite/lite_relative.h"

#include "base/assert.h"
#include "base/real.h"
#include "database/sql.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_form.h"
#include "database/sqlite/lite_statement.h"

void lite_relative_write(buf *out, const field *f, relative_operator op) {
    if (LIKELY(op == RELATIVE_SET)) {
        buf_append_char(out, '?');
        return;
    }
    buf_append(out, STR("tenon_relative("));
    sql_write_name(out, f->column);
    buf_printf(out, ", %d, %d, %d, ?)", (int)op, (int)f->scalar, f->is_list);
}

err *lite_relative_bind(arena *a, sqlite3_stmt *statement, int at,
                        const field *f, value operand) {
    int rc = lite_form_bind(a, statement, at, LITE_TEXT, operand);
    if (LIKELY(rc == SQLITE_OK))
        return NULL;
    return err_new(a, rc == SQLITE_TOOBIG ? ERR_TOO_LARGE : ERR_INTERNAL,
                   "the value for column \"%.*s\" is too large",
                   STR_ARG(f->column));
}

/* ---- The function ------------------------------------------------------- */

static err *give_decimal(arena *a, sqlite3_context *c, str decimal) {
    int64_t integer;
    double real;
    if (!lite_form_keeps_decimal(decimal))
        return err_new(a, ERR_VALUE_RANGE,
                       "numeric field overflow: a Decimal keeps %d significant "
                       "digits on SQLite",
                       LITE_DECIMAL_DIGITS);
    if (str_parse_int64(decimal, &integer)) {
        sqlite3_result_int64(c, integer);
        return NULL;
    }
    bool is_real = real_parse(decimal, &real);
    ASSERT(is_real);
    sqlite3_result_double(c, real);
    return NULL;
}

static err *give(arena *a, sqlite3_context *c, const field *f, const value *v) {
    switch (v->kind) {
    case VALUE_INT:
        sqlite3_result_int64(c, v->integer);
        return NULL;
    case VALUE_FLOAT:
        sqlite3_result_double(c, v->real);
        return NULL;
    case VALUE_TEXT:
        if (!f->is_list)
            return give_decimal(a, c, v->text);
        lite_result_text(c, v->text);
        return NULL;
    case VALUE_NULL:
        return NULL;
    case VALUE_DEFAULT:
    case VALUE_CELL:
    case VALUE_BOOL:
    case VALUE_BYTES:
        break;
    }
    PANIC("no operator makes such a value");
}

static value operand_of(sqlite3_value *cell) {
    switch (sqlite3_value_type(cell)) {
    case SQLITE_INTEGER:
        return (value){.kind = VALUE_INT, .integer = sqlite3_value_int64(cell)};
    case SQLITE_FLOAT:
        return (value){.kind = VALUE_FLOAT, .real = sqlite3_value_double(cell)};
    default:
        return (value){.kind = VALUE_TEXT, .text = lite_value_text(cell)};
    }
}

static err *calculate(arena *a, sqlite3_context *c, sqlite3_value **values) {
    relative_operator op = (relative_operator)sqlite3_value_int(values[1]);
    field f = {.scalar = (scalar_type)sqlite3_value_int(values[2]),
               .is_list = sqlite3_value_int(values[3]) != 0};
    char scratch[LITE_SCRATCH];
    value operand = operand_of(values[4]);
    value before = {0};
    value after = {0};
    if (!lite_form_read_value(values[0], lite_form_of(&f), scratch, &before))
        before = (value){.kind = VALUE_BYTES};
    TRY(relative_apply(a, &f, op, &before, &operand, &after));
    return give(a, c, &f, &after);
}

void lite_relative(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    CLEANUP(arena_release) arena *a = arena_new();
    err *e = calculate(a, c, values);
    if (e != NULL)
        lite_fail(c, e);
}
