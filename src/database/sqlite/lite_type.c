#include "database/sqlite/lite_type.h"

#include "base/assert.h"
#include "base/base64.h"
#include "base/timestamp.h"
#include "database/list_default.h"
#include "database/sql_spelling.h"
#include "database/sqlite/lite_sql.h"

/* Declared types that hold a scalar's values, separated by blanks; the first
 * one is ours. Length and precision in brackets do not count. */
static const str TYPES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] =
        STR_INIT("TEXT VARCHAR CHAR CHARACTER NVARCHAR NCHAR CLOB"),
    [SCALAR_BOOLEAN] = STR_INIT("BOOLEAN BOOL"),
    [SCALAR_INT] = STR_INIT("INTEGER INT SMALLINT MEDIUMINT TINYINT INT2"),
    [SCALAR_BIGINT] = STR_INIT("BIGINT INTEGER INT8"),
    [SCALAR_FLOAT] = STR_INIT("REAL DOUBLE FLOAT"),
    [SCALAR_DECIMAL] = STR_INIT("DECIMAL NUMERIC"),
    [SCALAR_DATETIME] = STR_INIT("DATETIME TIMESTAMP"),
    /* JSONB, Prisma's word, has numeric affinity: 1.50 would become 1.5. */
    [SCALAR_JSON] = STR_INIT("TEXT JSONB JSON"),
    [SCALAR_BYTES] = STR_INIT("BLOB"),
};

bool lite_type_is_rowid(const field *f) {
    if (!f->is_id || f->kind != FIELD_SCALAR)
        return false;
    return f->scalar == SCALAR_INT ||
           (f->scalar == SCALAR_BIGINT &&
            f->default_value.kind == DEFAULT_AUTOINCREMENT);
}

static str accepted_types(const field *f) {
    if (lite_type_is_rowid(f))
        return STR("INTEGER");
    return TYPES[f->is_list ? SCALAR_JSON : f->scalar];
}

str lite_type_of(const field *f) {
    if (f->kind == FIELD_UNSUPPORTED)
        return f->unsupported;
    str types = accepted_types(f);
    return str_split(&types, ' ');
}

static bool has_part(str name, const char *part) {
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= name.len; i++)
        if (str_equal_ignoring_case(str_slice(name, i, i + length),
                                    (str){part, length}))
            return true;
    return false;
}

static bool is_among(str name, str names) {
    while (!str_is_empty(names))
        if (str_equal_ignoring_case(str_split(&names, ' '), name))
            return true;
    return false;
}

/* Parts of declared types, the first that is found counts: the rules of
 * sqlite.org/datatype3.html, 3.1, before them what programs mean by the names
 * that have none. */
static const struct {
    const char *part;
    scalar_type scalar;
} PARTS[] = {
    {"JSON", SCALAR_JSON},     {"BOOL", SCALAR_BOOLEAN},
    {"DATE", SCALAR_DATETIME}, {"TIME", SCALAR_DATETIME},
    {"BIGINT", SCALAR_BIGINT}, {"BIG INT", SCALAR_BIGINT},
    {"INT", SCALAR_INT},       {"CHAR", SCALAR_STRING},
    {"CLOB", SCALAR_STRING},   {"TEXT", SCALAR_STRING},
    {"BLOB", SCALAR_BYTES},    {"REAL", SCALAR_FLOAT},
    {"FLOA", SCALAR_FLOAT},    {"DOUB", SCALAR_FLOAT},
    {"NUM", SCALAR_DECIMAL},   {"DEC", SCALAR_DECIMAL},
    {"MONEY", SCALAR_DECIMAL}, {"CURRENCY", SCALAR_DECIMAL},
};

scalar_type lite_type_scalar(str declared) {
    str base = declared;
    base = str_trim(str_split(&base, '('));
    for (int i = 0; i < SCALAR_TYPE_COUNT; i++)
        if (is_among(base, TYPES[i]))
            return (scalar_type)i;
    for (size_t i = 0; i < LENGTH(PARTS); i++)
        if (has_part(base, PARTS[i].part))
            return PARTS[i].scalar;
    return SCALAR_STRING;
}

bool lite_type_accepts(const field *f, str declared) {
    if (f->kind == FIELD_UNSUPPORTED)
        return str_equal_ignoring_case(f->unsupported, declared);
    str base = str_trim(str_split(&declared, '('));
    if (is_among(base, accepted_types(f)))
        return true;
    return !f->is_list && !lite_type_is_rowid(f) &&
           lite_type_scalar(base) == f->scalar;
}

bool lite_type_is_strict(str declared) {
    str types = STR("INTEGER REAL TEXT BLOB");
    while (!str_is_empty(types))
        if (str_equal(str_split(&types, ' '), declared))
            return true;
    return false;
}

/* ---- Defaults ----------------------------------------------------------- */

/* As a column of ours stores it. */
static void write_datetime(arena *a, buf *out, str text) {
    timestamp t = {0};
    char canonical[TIMESTAMP_LENGTH];
    err *e = timestamp_parse(a, text, &t);
    ASSERT(e == NULL); /* the schema's loader has read it */
    timestamp_format(t, canonical);
    sql_write_text(out, (str){canonical, sizeof canonical});
}

static void write_bytes(arena *a, buf *out, str base64) {
    str bytes = {0};
    bool is_base64 = base64_decode(a, base64, BASE64_STANDARD, &bytes);
    ASSERT(is_base64);
    lite_sql_bytes(out, bytes);
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

static str write_list(arena *a, const field *f) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    sql_write_text(&out, list_default_text(a, f));
    return lite_sql_take(a, &out);
}

bool lite_type_default(arena *a, const field *f, str *out) {
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    switch (f->default_value.kind) {
    case DEFAULT_LITERAL:
        write_literal(a, &text, f, f->default_value.text);
        *out = lite_sql_take(a, &text);
        return true;
    case DEFAULT_LIST:
        *out = write_list(a, f);
        return true;
    case DEFAULT_NOW:
        /* CURRENT_TIMESTAMP would be a text of another form. */
        *out = STR("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')");
        return true;
    case DEFAULT_DBGENERATED:
        /* The schema's loader has put it in SQLite's words. */
        *out = sql_unbracketed(f->default_value.text);
        return !str_is_empty(*out);
    case DEFAULT_NONE:
    case DEFAULT_AUTOINCREMENT:
    case DEFAULT_UUID4:
    case DEFAULT_UUID7:
    case DEFAULT_CUID:
    case DEFAULT_CUID2:
    case DEFAULT_ULID:
    case DEFAULT_NANOID:
        return false;
    }
    return false;
}

/* ---- Checks ------------------------------------------------------------- */

static void write_enum_check(buf *out, const field *f) {
    sql_write_name(out, f->column);
    buf_append(out, STR(" IN ("));
    for (size_t i = 0; i < f->enumeration->value_count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        sql_write_text(out, f->enumeration->values[i].database_name);
    }
    buf_append_char(out, ')');
}

/* SQLite's own json_valid, which other tools have, took null for invalid until
 * 3.45. */
static void write_null_or(buf *out, const field *f) {
    sql_write_name(out, f->column);
    buf_append(out, STR(" IS NULL OR "));
}

static void write_json_check(buf *out, const field *f) {
    if (f->is_optional || f->is_list)
        write_null_or(out, f);
    buf_append(out, f->is_list ? STR("(json_valid(") : STR("json_valid("));
    sql_write_name(out, f->column);
    buf_append_char(out, ')');
    if (!f->is_list)
        return;
    buf_append(out, STR(" AND "));
    sql_write_name(out, f->column);
    buf_append(out, STR(" GLOB '[[]*')"));
}

/* The storage classes of a scalar's values; NULL when any will do, or another
 * CHECK knows better. */
static const char *const STORAGE[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = "'text'",
    [SCALAR_INT] = "'integer'",
    [SCALAR_BIGINT] = "'integer'",
    [SCALAR_FLOAT] = "'real'",
    [SCALAR_DECIMAL] = "'integer', 'real'",
    [SCALAR_BYTES] = "'blob'",
};

static bool write_storage_check(buf *out, const field *f) {
    if (STORAGE[f->scalar] == NULL || lite_type_is_rowid(f))
        return false;
    buf_append(out, STR("typeof("));
    sql_write_name(out, f->column);
    buf_printf(out, ") IN (%s%s)", STORAGE[f->scalar],
               f->is_optional ? ", 'null'" : "");
    return true;
}

static bool write_check(buf *out, const field *f, bool is_strict) {
    if (f->kind == FIELD_UNSUPPORTED)
        return false;
    if (f->is_list || f->scalar == SCALAR_JSON) {
        write_json_check(out, f);
        return true;
    }
    if (f->kind == FIELD_ENUM) {
        write_enum_check(out, f);
        return true;
    }
    if (f->scalar == SCALAR_DATETIME) {
        /* Dates are compared as text, so there must be one form only. */
        sql_write_name(out, f->column);
        buf_append(out, STR(" GLOB '" LITE_DATETIME_GLOB "'"));
        return true;
    }
    if (f->scalar == SCALAR_BOOLEAN) {
        sql_write_name(out, f->column);
        buf_append(out, STR(" IN (0, 1)"));
        return true;
    }
    return !is_strict && write_storage_check(out, f);
}

bool lite_type_check(arena *a, const field *f, bool is_strict, str *out) {
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    if (!write_check(&text, f, is_strict))
        return false;
    *out = lite_sql_take(a, &text);
    return true;
}

bool lite_type_is_plain_check(const structure_check *c) {
    return !str_is_empty(c->column) &&
           (str_starts_with(c->expression, STR("typeof(")) ||
            str_ends_with(c->expression, STR(" IN (0, 1)")));
}
