#include "database/sqlite/lite_casting.h"

#include "database/sqlite/lite_form.h"
#include "database/sqlite/lite_statement.h"

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

const char *lite_casting_type(const lite_casting *c) {
    return TYPES[c->to];
}

/* ---- Errors ------------------------------------------------------------- */

err *lite_casting_no_cast(const lite_casting *c) {
    return err_new(c->a, ERR_CAST, "cannot cast type %s to %s",
                   SCALARS[c->from], lite_casting_type(c));
}

err *lite_casting_bad_syntax(const lite_casting *c, err_code code, str text) {
    return err_new(c->a, code, "invalid input syntax for type %s: \"%.*s\"",
                   lite_casting_type(c), STR_ARG(text));
}

err *lite_casting_out_of_range(const lite_casting *c) {
    return err_new(c->a, ERR_VALUE_RANGE, "%s out of range",
                   lite_casting_type(c));
}

err *lite_casting_no_such_time(const lite_casting *c, str text) {
    return err_new(c->a, ERR_VALUE_DATETIME_RANGE,
                   "date/time field value out of range: \"%.*s\"",
                   STR_ARG(text));
}

/* ---- Sources ------------------------------------------------------------ */

str lite_casting_text(const lite_casting *c) {
    return lite_value_text(c->value);
}

/* Of a Decimal, or of an integer. */
str lite_casting_decimal(const lite_casting *c) {
    char *scratch = arena_take(c->a, LITE_SCRATCH, 1);
    value v = {0};
    if (sqlite3_value_type(c->value) == SQLITE_TEXT)
        return lite_casting_text(c);
    return lite_form_read_decimal(c->value, scratch, &v) ? v.text : STR("0");
}

err *lite_casting_time(const lite_casting *c, timestamp *out) {
    if (sqlite3_value_type(c->value) == SQLITE_INTEGER) {
        out->ms = sqlite3_value_int64(c->value);
        return timestamp_is_in_range(*out)
                   ? NULL
                   : err_new(c->a, ERR_VALUE_DATETIME_RANGE, "%s out of range",
                             lite_casting_type(c));
    }
    str text = str_trim(lite_casting_text(c));
    err *e = timestamp_parse(c->a, text, out);
    if (e == NULL)
        return NULL;
    return e->code == ERR_VALUE_RANGE
               ? lite_casting_no_such_time(c, text)
               : lite_casting_bad_syntax(c, ERR_VALUE_DATETIME, text);
}

/* The JSON scalar of that kind. */
err *lite_casting_json(const lite_casting *c, const json **out) {
    err *e = json_parse(c->a, lite_casting_text(c), out);
    return e == NULL ? NULL
                     : lite_casting_bad_syntax(c, ERR_VALUE_SYNTAX,
                                               lite_casting_text(c));
}

err *lite_casting_not_a_json(const lite_casting *c, const json *j) {
    static const char *const KINDS[] = {
        [JSON_NULL] = "null",     [JSON_FALSE] = "boolean",
        [JSON_TRUE] = "boolean",  [JSON_NUMBER] = "numeric",
        [JSON_STRING] = "string", [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };
    return err_new(c->a, ERR_INVALID, "cannot cast jsonb %s to type %s",
                   KINDS[j->kind], lite_casting_type(c));
}
