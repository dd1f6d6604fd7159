#include "database/postgres/pg_cast.h"

#include "base/assert.h"
#include "database/sql.h"

static const str SCALARS[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = STR_INIT("text"),
    [SCALAR_BOOLEAN] = STR_INIT("boolean"),
    [SCALAR_INT] = STR_INIT("integer"),
    [SCALAR_BIGINT] = STR_INIT("bigint"),
    [SCALAR_FLOAT] = STR_INIT("double precision"),
    [SCALAR_DECIMAL] = STR_INIT("numeric"),
    [SCALAR_DATETIME] = STR_INIT("timestamp"),
    [SCALAR_JSON] = STR_INIT("jsonb"),
    [SCALAR_BYTES] = STR_INIT("bytea"),
};

/* Where the type alone means something else than with its parameters, and where
 * it is two words around them. */
static const struct {
    str native;
    str name;
} NATIVES[] = {
    {STR_INIT("VarChar"), STR_INIT("varchar")},
    {STR_INIT("Char"), STR_INIT("bpchar")},
    {STR_INIT("Bit"), STR_INIT("pg_catalog.\"bit\"")},
    {STR_INIT("VarBit"), STR_INIT("varbit")},
    {STR_INIT("Timestamp"), STR_INIT("timestamp")},
    {STR_INIT("Timestamptz"), STR_INIT("timestamptz")},
    {STR_INIT("Time"), STR_INIT("time")},
    {STR_INIT("Timetz"), STR_INIT("timetz")},
};

static const str CASTS[] = {
    [CAST_NONE] = STR_INIT(""),
    [CAST_TEXT] = STR_INIT("text"),
    [CAST_INT2] = STR_INIT("smallint"),
    [CAST_INT4] = STR_INIT("integer"),
    [CAST_INT8] = STR_INIT("bigint"),
    [CAST_FLOAT4] = STR_INIT("real"),
    [CAST_FLOAT8] = STR_INIT("double precision"),
    [CAST_NUMERIC] = STR_INIT("numeric"),
    [CAST_BOOL] = STR_INIT("boolean"),
    [CAST_DATE] = STR_INIT("date"),
    [CAST_TIME] = STR_INIT("time"),
    [CAST_TIMESTAMP] = STR_INIT("timestamp"),
    [CAST_TIMESTAMPTZ] = STR_INIT("timestamptz"),
    [CAST_UUID] = STR_INIT("uuid"),
    [CAST_BYTEA] = STR_INIT("bytea"),
    [CAST_JSON] = STR_INIT("json"),
    [CAST_JSONB] = STR_INIT("jsonb"),
};

str pg_cast_name(cast_type type) {
    ASSERT(type != CAST_NONE);
    return CASTS[type];
}

static str native_name(const native_type_spec *spec) {
    for (size_t i = 0; i < LENGTH(NATIVES); i++)
        if (str_equal(NATIVES[i].native, spec->name))
            return NATIVES[i].name;
    return spec->sql;
}

static pg_cast of_column(const field *f) {
    pg_cast c = {.is_list = f->is_list && !f->is_foreign,
                 .is_open = f->is_foreign};
    if (f->kind == FIELD_UNSUPPORTED || f->is_foreign)
        c.name = f->unsupported;
    else if (f->kind == FIELD_ENUM)
        c.enumeration = f->enumeration;
    else if (f->native.spec != NULL)
        c.name = native_name(f->native.spec);
    else
        c.name = SCALARS[f->scalar];
    return c;
}

static pg_cast of_path(const field *f, const derivation *d) {
    pg_cast column = of_column(f);
    bool is_json = !f->is_list && str_equal(column.name, STR("json"));
    if (d->is_text)
        return (pg_cast){.name = STR("text")};
    return (pg_cast){.name = is_json ? STR("json") : STR("jsonb")};
}

static pg_cast of_inner(const field *f, const derivation *d) {
    if (d->cast != CAST_NONE)
        return (pg_cast){.name = CASTS[d->cast]};
    return d->step_count > 0 ? of_path(f, d) : of_column(f);
}

pg_cast pg_cast_of(const field *f, const derivation *d) {
    if (d == NULL)
        return of_column(f);
    if (d->outer_cast != CAST_NONE)
        return (pg_cast){.name = CASTS[d->outer_cast]};
    switch (d->aggregate) {
    case AGGREGATE_NONE:
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        return of_inner(f, d);
    case AGGREGATE_COUNT:
    case AGGREGATE_ROWS:
        return (pg_cast){.name = STR("bigint")};
    case AGGREGATE_SUM:
    case AGGREGATE_AVG:
        break;
    }
    pg_cast summed = of_inner(f, d);
    bool is_money = str_equal(summed.name, STR("money"));
    return (pg_cast){.name = is_money ? STR("money") : STR("numeric")};
}

bool pg_cast_is_plain_json(pg_cast c) {
    return !c.is_list && !c.is_open && str_equal(c.name, STR("json"));
}

pg_cast pg_cast_compared(pg_cast c) {
    if (pg_cast_is_plain_json(c))
        c.name = STR("jsonb");
    return c;
}

void pg_cast_write(buf *out, pg_cast c, bool is_array) {
    if (c.enumeration != NULL)
        sql_write_path(out, c.enumeration->database_schema,
                       c.enumeration->database_name);
    else
        buf_append(out, c.name);
    if (c.is_list || is_array)
        buf_append(out, STR("[]"));
}

str pg_cast_first(pg_cast c) {
    return !c.is_open && str_equal(c.name, STR("money")) ? STR("numeric")
                                                         : (str){0};
}

str pg_cast_text(pg_cast c, str text) {
    bool is_time_of_day = !c.is_open && (str_equal(c.name, STR("time")) ||
                                         str_equal(c.name, STR("timetz")));
    size_t at = is_time_of_day ? str_find_char(text, 'T') : text.len;
    return at < text.len ? str_slice(text, at + 1, text.len) : text;
}

/* Times say their zone, in UTC; money is without its currency; an oid is a
 * number, which JSON of PostgreSQL's would have as text. */
static const struct {
    str name;
    str shown;
} SHOWN[] = {
    {STR_INIT("timestamp"), STR_INIT("timestamptz")},
    {STR_INIT("money"), STR_INIT("numeric")},
    {STR_INIT("oid"), STR_INIT("bigint")},
};

str pg_cast_shown(pg_cast c) {
    for (size_t i = 0; i < LENGTH(SHOWN); i++)
        if (!c.is_open && str_equal(c.name, SHOWN[i].name))
            return SHOWN[i].shown;
    return (str){0};
}

static bool is_one_of(pg_cast c, const str *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!c.is_list && str_equal(c.name, names[i]))
            return true;
    return false;
}

bool pg_cast_is_text(pg_cast c) {
    static const str TEXTS[] = {STR_INIT("text"), STR_INIT("varchar"),
                                STR_INIT("bpchar"), STR_INIT("citext")};
    return is_one_of(c, TEXTS, LENGTH(TEXTS));
}

bool pg_cast_takes_bytes(pg_cast c) {
    static const str PLAIN[] = {STR_INIT("text"), STR_INIT("varchar"),
                                STR_INIT("bpchar"), STR_INIT("citext"),
                                STR_INIT("json")};
    return is_one_of(c, PLAIN, LENGTH(PLAIN));
}
