#include "database/postgres/pg_type_spelling.h"

#include "database/sql.h"
#include "database/sql_spelling.h"

/* Other names for PostgreSQL's types. */
static const struct {
    str alias;
    str name;
} ALIASES[] = {
    {STR_INIT("int"), STR_INIT("integer")},
    {STR_INIT("int2"), STR_INIT("smallint")},
    {STR_INIT("int4"), STR_INIT("integer")},
    {STR_INIT("int8"), STR_INIT("bigint")},
    {STR_INIT("float4"), STR_INIT("real")},
    {STR_INIT("float8"), STR_INIT("double precision")},
    {STR_INIT("bool"), STR_INIT("boolean")},
    {STR_INIT("decimal"), STR_INIT("numeric")},
    {STR_INIT("varchar"), STR_INIT("character varying")},
    {STR_INIT("char"), STR_INIT("character")},
    {STR_INIT("bpchar"), STR_INIT("character")},
    {STR_INIT("varbit"), STR_INIT("bit varying")},
};

/* timestamp(3) without time zone: name "timestamp", parameters "3". */
typedef struct type_spelling {
    str schema;
    str name;
    str parameters;
    bool has_zone;
    size_t dimensions;
} type_spelling;

static str alias_of(str name) {
    for (size_t i = 0; i < LENGTH(ALIASES); i++)
        if (str_equal(name, ALIASES[i].alias))
            return ALIASES[i].name;
    return name;
}

static void add_type_word(arena *a, type_spelling *s, sql_token t) {
    bool is_zone_part =
        sql_token_is_word(t, STR("without")) ||
        sql_token_is_word(t, STR("zone")) ||
        (sql_token_is_word(t, STR("time")) && !str_is_empty(s->name));
    if (sql_token_is_word(t, STR("with")))
        s->has_zone = true;
    if (is_zone_part || sql_token_is_word(t, STR("with")))
        return;
    CLEANUP(buf_free) buf word = buf_new(SQL_MAX);
    sql_spelling_put_name(a, &word, t);
    s->name = str_is_empty(s->name)
                  ? arena_copy(a, buf_str(&word))
                  : arena_printf(a, "%.*s %.*s", STR_ARG(s->name),
                                 STR_ARG(buf_str(&word)));
}

static void finish_type(type_spelling *s) {
    if (str_equal(s->name, STR("timestamptz")) ||
        str_equal(s->name, STR("timetz"))) {
        s->has_zone = true;
        s->name.len -= STR("tz").len;
    }
    s->name = alias_of(s->name);
    bool has_length_one =
        str_equal(s->name, STR("character")) || str_equal(s->name, STR("bit"));
    if (has_length_one && str_is_empty(s->parameters))
        s->parameters = STR("1");
}

static type_spelling spell_type(arena *a, str sql) {
    type_spelling s = {0};
    str rest = sql;
    for (sql_token t; sql_token_next(&rest, &t);) {
        if (t.kind == SQL_WORD || t.kind == SQL_QUOTED) {
            add_type_word(a, &s, t);
        } else if (sql_token_is_sign(t, '.')) {
            s.schema = s.name;
            s.name = (str){0};
        } else if (sql_token_is_sign(t, '[')) {
            s.dimensions++;
        } else if (sql_token_is_sign(t, '(')) {
            str inside = str_split(&rest, ')');
            s.parameters = sql_spelling(a, SQL_TEXTS, inside);
        }
    }
    finish_type(&s);
    /* numeric(10) has no digits behind the point. */
    if (str_equal(s.name, STR("numeric")) &&
        str_find_char(s.parameters, ',') < s.parameters.len &&
        str_ends_with(s.parameters, STR(" , 0")))
        s.parameters.len -= STR(" , 0").len;
    return s;
}

static bool is_same_schema(str x, str y) {
    return str_is_empty(x) || str_is_empty(y) || str_equal(x, y);
}

bool pg_type_is_same(arena *a, str x, str y) {
    type_spelling one = spell_type(a, x);
    type_spelling other = spell_type(a, y);
    return is_same_schema(one.schema, other.schema) &&
           str_equal(one.name, other.name) &&
           str_equal(one.parameters, other.parameters) &&
           one.has_zone == other.has_zone && one.dimensions == other.dimensions;
}
