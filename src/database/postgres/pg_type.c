#include "database/postgres/pg_type.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/timestamp.h"
#include "database/sql.h"

static const str TYPES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = STR_INIT("text"),
    [SCALAR_BOOLEAN] = STR_INIT("boolean"),
    [SCALAR_INT] = STR_INIT("integer"),
    [SCALAR_BIGINT] = STR_INIT("bigint"),
    [SCALAR_FLOAT] = STR_INIT("double precision"),
    [SCALAR_DECIMAL] = STR_INIT("numeric(65,30)"),
    [SCALAR_DATETIME] = STR_INIT("timestamp(3) without time zone"),
    [SCALAR_JSON] = STR_INIT("jsonb"),
    [SCALAR_BYTES] = STR_INIT("bytea"),
};

str pg_type_of_scalar(scalar_type type) {
    return TYPES[type];
}

/* One digit behind the point is not said, but is there. */
static bool has_hidden_scale(const native_type *n) {
    return n->parameter_count == 1 && str_equal(n->spec->sql, STR("numeric"));
}

/* char and bit alone are one character long. */
static bool has_hidden_length(const native_type *n) {
    return n->parameter_count == 0 &&
           (str_equal(n->spec->sql, STR("character")) ||
            str_equal(n->spec->sql, STR("bit")));
}

static void write_native(buf *out, const native_type *n) {
    buf_append(out, n->spec->sql);
    for (size_t i = 0; i < n->parameter_count; i++)
        buf_printf(out, "%c%" PRId64, i == 0 ? '(' : ',', n->parameters[i]);
    if (has_hidden_scale(n))
        buf_append(out, STR(",0"));
    if (has_hidden_length(n))
        buf_append(out, STR("(1"));
    if (n->parameter_count > 0 || has_hidden_length(n))
        buf_append_char(out, ')');
    buf_append(out, n->spec->sql_suffix);
}

static void write_type(buf *out, const field *f) {
    if (f->kind == FIELD_UNSUPPORTED)
        buf_append(out, f->unsupported);
    else if (f->kind == FIELD_ENUM)
        sql_write_path(out, f->enumeration->database_schema,
                       f->enumeration->database_name);
    else if (f->native.spec != NULL)
        write_native(out, &f->native);
    else
        buf_append(out, TYPES[f->scalar]);
    if (f->is_list)
        buf_append(out, STR("[]"));
}

str pg_type_of(arena *a, const field *f) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    write_type(&out, f);
    return arena_copy(a, buf_str(&out));
}

/* '2020-01-01 00:00:00.000+00:00': the zone counts for a timestamptz and is
 * left aside by the others, for which the schema's time is in UTC. */
static void write_datetime(arena *a, buf *out, str text) {
    timestamp t = {0};
    char canonical[TIMESTAMP_LENGTH];
    err *e = timestamp_parse(a, text, &t);
    ASSERT(e == NULL); /* the schema's loader has read it */
    timestamp_format(t, canonical);
    canonical[sizeof "2020-01-01" - 1] = ' ';
    sql_write_text(out, (str){canonical, sizeof canonical});
}

static void write_bytes(arena *a, buf *out, str base64) {
    str bytes = {0};
    bool is_base64 = base64_decode(a, base64, BASE64_STANDARD, &bytes);
    ASSERT(is_base64);
    buf_append(out, STR("'\\x"));
    hex_encode(out, bytes);
    buf_append_char(out, '\'');
}

static void write_literal(arena *a, buf *out, const field *f, str text) {
    switch (f->scalar) {
    case SCALAR_BOOLEAN:
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        buf_append(out, text);
        return;
    case SCALAR_DATETIME:
        write_datetime(a, out, text);
        return;
    case SCALAR_STRING:
    case SCALAR_JSON:
        sql_write_text(out, text);
        return;
    case SCALAR_BYTES:
        write_bytes(a, out, text);
        return;
    }
}

static void write_list(arena *a, buf *out, const field *f) {
    buf_append(out, STR("ARRAY["));
    for (size_t i = 0; i < f->default_value.item_count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        write_literal(a, out, f, f->default_value.items[i]);
    }
    buf_append(out, STR("]::"));
    write_type(out, f);
}

bool pg_type_default(arena *a, const field *f, str *out) {
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    switch (f->default_value.kind) {
    case DEFAULT_LITERAL:
        write_literal(a, &text, f, f->default_value.text);
        break;
    case DEFAULT_LIST:
        write_list(a, &text, f);
        break;
    case DEFAULT_NOW:
        buf_append(&text, STR("CURRENT_TIMESTAMP"));
        break;
    case DEFAULT_DBGENERATED:
        buf_append(&text, f->default_value.text);
        break;
    case DEFAULT_NONE:
    case DEFAULT_AUTOINCREMENT:
    case DEFAULT_UUID4:
    case DEFAULT_UUID7:
    case DEFAULT_CUID:
    case DEFAULT_CUID2:
    case DEFAULT_ULID:
    case DEFAULT_NANOID:
        break;
    }
    *out = arena_copy(a, buf_str(&text));
    return text.len > 0;
}
