#include "database/migrate/plan_convert.h"

#include "database/sql.h"

typedef enum value_class {
    CLASS_TEXT,
    CLASS_BOOLEAN,
    CLASS_INTEGER, /* of any size */
    CLASS_FLOAT,
    CLASS_DECIMAL,
    CLASS_TIME,  /* a point in time without a zone: UTC */
    CLASS_ZONED, /* PostgreSQL: with one */
    CLASS_DATE,  /* PostgreSQL: a day */
    CLASS_JSON,
    CLASS_BYTES,
    CLASS_ENUM,
    CLASS_OTHER,
} value_class;

/* ---- Types -------------------------------------------------------------- */

typedef struct type_row {
    str start; /* of the type, in lower case */
    value_class values;
} type_row;

/* The first that fits; the base types of length and precision, too. */
static const type_row PG_TYPES[] = {
    {STR_INIT("text"), CLASS_TEXT},
    {STR_INIT("character"), CLASS_TEXT},
    {STR_INIT("citext"), CLASS_TEXT},
    {STR_INIT("boolean"), CLASS_BOOLEAN},
    {STR_INIT("smallint"), CLASS_INTEGER},
    {STR_INIT("integer"), CLASS_INTEGER},
    {STR_INIT("bigint"), CLASS_INTEGER},
    {STR_INIT("double precision"), CLASS_FLOAT},
    {STR_INIT("real"), CLASS_FLOAT},
    {STR_INIT("numeric"), CLASS_DECIMAL},
    {STR_INIT("timestamp with time zone"), CLASS_ZONED},
    {STR_INIT("timestamp"), CLASS_TIME},
    {STR_INIT("date"), CLASS_DATE},
    {STR_INIT("json"), CLASS_JSON},
    {STR_INIT("bytea"), CLASS_BYTES},
};

static const type_row LITE_TYPES[] = {
    {STR_INIT("text"), CLASS_TEXT},       {STR_INIT("varchar"), CLASS_TEXT},
    {STR_INIT("char"), CLASS_TEXT},       {STR_INIT("nvarchar"), CLASS_TEXT},
    {STR_INIT("nchar"), CLASS_TEXT},      {STR_INIT("clob"), CLASS_TEXT},
    {STR_INIT("bool"), CLASS_BOOLEAN},    {STR_INIT("int"), CLASS_INTEGER},
    {STR_INIT("bigint"), CLASS_INTEGER},  {STR_INIT("real"), CLASS_FLOAT},
    {STR_INIT("double"), CLASS_FLOAT},    {STR_INIT("float"), CLASS_FLOAT},
    {STR_INIT("decimal"), CLASS_DECIMAL}, {STR_INIT("numeric"), CLASS_DECIMAL},
    {STR_INIT("datetime"), CLASS_TIME},   {STR_INIT("timestamp"), CLASS_TIME},
    {STR_INIT("json"), CLASS_JSON},       {STR_INIT("blob"), CLASS_BYTES},
};

static value_class class_of_type(const type_row *rows, size_t count, str type) {
    for (size_t i = 0; i < count; i++)
        if (str_starts_with_ignoring_case(type, rows[i].start))
            return rows[i].values;
    return CLASS_OTHER;
}

/* timestamp(3) with time zone */
static bool is_zoned(str type) {
    return str_starts_with_ignoring_case(type, STR("timestamp")) &&
           str_ends_with(type, STR(" with time zone"));
}

/* "Role", auth."Role": the name behind the last '.', without quotes. */
static bool is_enum(const structure *s, str type) {
    for (size_t i = 0; i < s->enum_count; i++) {
        str name = s->enums[i].name;
        str rest = type;
        if (str_ends_with(rest, STR("\"")))
            rest.len--;
        if (!str_ends_with(rest, name))
            continue;
        rest.len -= name.len;
        if (rest.len == 0 || str_ends_with(rest, STR("\"")) ||
            str_ends_with(rest, STR(".")))
            return true;
    }
    return false;
}

static str element_of(str type) {
    if (str_ends_with(type, STR("[]")))
        type.len -= 2;
    return type;
}

static value_class class_of(convertible c) {
    str type = element_of(c.column->type);
    const field *f = c.column->field;
    if (c.structure->engine == ENGINE_SQLITE) {
        if (f != NULL && f->kind == FIELD_ENUM)
            return CLASS_ENUM;
        if (f != NULL && f->scalar == SCALAR_JSON)
            return CLASS_JSON;
        return class_of_type(LITE_TYPES, LENGTH(LITE_TYPES), type);
    }
    if (is_zoned(type))
        return CLASS_ZONED;
    if (is_enum(c.structure, type))
        return CLASS_ENUM;
    return class_of_type(PG_TYPES, LENGTH(PG_TYPES), type);
}

/* On SQLite a list is JSON text, and its CHECK says that it is an array. */
static bool is_list(convertible c) {
    static const str ARRAY = STR_INIT("GLOB '[[]*'");
    if (c.structure->engine == ENGINE_POSTGRESQL)
        return str_ends_with(c.column->type, STR("[]"));
    if (c.column->field != NULL)
        return c.column->field->is_list;
    for (size_t i = 0; i < c.table->check_count; i++) {
        str sql = c.table->checks[i].expression;
        if (str_equal(c.table->checks[i].column, c.column->name) &&
            memmem(sql.ptr, sql.len, ARRAY.ptr, ARRAY.len) != NULL)
            return true;
    }
    return false;
}

/* ---- Conversions -------------------------------------------------------- */

#define ROUNDED "digits behind the point are rounded away"
#define TRUTH "numbers other than 0 and 1 become true"
#define DIGITS "digits past the 15th are lost"
#define ZONE "? AT TIME ZONE 'UTC'"

/* SQLite casts numbers to text with 15 digits, not with all that they have. */
#define LITE_DIGITS                                                            \
    "CASE WHEN typeof(?) <> 'real' OR CAST(CAST(? AS TEXT) AS REAL) = ?"       \
    " THEN CAST(? AS TEXT) ELSE printf('%!.17g', ?) END"
/* A cast would make the largest integer of what is larger: this fails. */
#define LITE_ROUND                                                             \
    "CASE WHEN abs(?) < 9223372036854775807.0 THEN CAST(round(?) AS INTEGER)"  \
    " ELSE ? END"

/* What is not here is not converted, but to its like. lite, pg: the
 * expressions. */
static const struct rule {
    value_class from;
    value_class to;
    conversion_risk risk;
    const char *lite;
    const char *pg;
    const char *loss;
} RULES[] = {
    {CLASS_TEXT, CLASS_BOOLEAN, CONVERSION_MAY_FAIL,
     "CASE lower(?) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ? END",
     "?::boolean", NULL},
    {CLASS_TEXT, CLASS_INTEGER, CONVERSION_MAY_FAIL, "?", "?::@", NULL},
    {CLASS_TEXT, CLASS_FLOAT, CONVERSION_MAY_FAIL, "?", "?::@", NULL},
    {CLASS_TEXT, CLASS_DECIMAL, CONVERSION_MAY_FAIL, "?", "?::@", NULL},
    {CLASS_TEXT, CLASS_TIME, CONVERSION_MAY_FAIL, "?",
     "(?::timestamp with time zone) AT TIME ZONE 'UTC'", NULL},
    {CLASS_TEXT, CLASS_ZONED, CONVERSION_MAY_FAIL, "?", "?::@", NULL},
    {CLASS_TEXT, CLASS_DATE, CONVERSION_MAY_FAIL, "?", "?::@", NULL},
    {CLASS_TEXT, CLASS_JSON, CONVERSION_MAY_FAIL, "?", "?::@", NULL},
    {CLASS_TEXT, CLASS_ENUM, CONVERSION_MAY_FAIL, "?", "?::text::@", NULL},
    {CLASS_TEXT, CLASS_BYTES, CONVERSION_SAFE, "CAST(? AS BLOB)",
     "convert_to(?, 'UTF8')", NULL},
    {CLASS_TEXT, CLASS_OTHER, CONVERSION_MAY_FAIL, "?", "?::text::@", NULL},

    {CLASS_BOOLEAN, CLASS_TEXT, CONVERSION_SAFE,
     "CASE ? WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", "?::text", NULL},
    {CLASS_BOOLEAN, CLASS_INTEGER, CONVERSION_SAFE, "?", "?::integer::@", NULL},
    {CLASS_BOOLEAN, CLASS_FLOAT, CONVERSION_SAFE, "?", "?::integer::@", NULL},
    {CLASS_BOOLEAN, CLASS_DECIMAL, CONVERSION_SAFE, "?", "?::integer::@", NULL},
    {CLASS_BOOLEAN, CLASS_JSON, CONVERSION_SAFE,
     "CASE ? WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", "to_jsonb(?)::@",
     NULL},

    {CLASS_INTEGER, CLASS_TEXT, CONVERSION_SAFE, "CAST(? AS TEXT)", "?::text",
     NULL},
    {CLASS_INTEGER, CLASS_BOOLEAN, CONVERSION_LOSES, "? <> 0", "? <> 0", TRUTH},
    {CLASS_INTEGER, CLASS_FLOAT, CONVERSION_SAFE, "?", "?", NULL},
    {CLASS_INTEGER, CLASS_DECIMAL, CONVERSION_SAFE, "?", "?", NULL},
    {CLASS_INTEGER, CLASS_JSON, CONVERSION_SAFE, "CAST(? AS TEXT)",
     "to_jsonb(?)::@", NULL},

    {CLASS_FLOAT, CLASS_TEXT, CONVERSION_SAFE, LITE_DIGITS, "?::text", NULL},
    {CLASS_FLOAT, CLASS_INTEGER, CONVERSION_LOSES, LITE_ROUND,
     "round(?::numeric)::@", ROUNDED},
    {CLASS_FLOAT, CLASS_DECIMAL, CONVERSION_SAFE, "?", "?::text::@", NULL},
    {CLASS_FLOAT, CLASS_JSON, CONVERSION_SAFE, LITE_DIGITS, "to_jsonb(?)::@",
     NULL},

    {CLASS_DECIMAL, CLASS_TEXT, CONVERSION_SAFE, LITE_DIGITS,
     "trim_scale(?)::text", NULL},
    {CLASS_DECIMAL, CLASS_INTEGER, CONVERSION_LOSES, LITE_ROUND, "round(?)::@",
     ROUNDED},
    {CLASS_DECIMAL, CLASS_FLOAT, CONVERSION_LOSES, "?", "?", DIGITS},
    {CLASS_DECIMAL, CLASS_DECIMAL, CONVERSION_MAY_FAIL, "?", "?", NULL},
    {CLASS_DECIMAL, CLASS_JSON, CONVERSION_SAFE, LITE_DIGITS, "to_jsonb(?)::@",
     NULL},

    {CLASS_TIME, CLASS_TEXT, CONVERSION_SAFE, "?",
     "to_char(?, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')", NULL},
    {CLASS_TIME, CLASS_ZONED, CONVERSION_SAFE, "?", ZONE, NULL},
    {CLASS_TIME, CLASS_DATE, CONVERSION_LOSES, "?", "?::date",
     "the time of the day is lost"},
    {CLASS_ZONED, CLASS_TEXT, CONVERSION_SAFE, "?",
     "to_char(? AT TIME ZONE 'UTC',"
     " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')",
     NULL},
    {CLASS_ZONED, CLASS_TIME, CONVERSION_SAFE, "?", ZONE, NULL},
    {CLASS_ZONED, CLASS_DATE, CONVERSION_LOSES, "?", "(" ZONE ")::date",
     "the time of the day is lost"},
    {CLASS_DATE, CLASS_TEXT, CONVERSION_SAFE, "?", "?::text", NULL},
    {CLASS_DATE, CLASS_TIME, CONVERSION_SAFE, "?", "?", NULL},
    {CLASS_DATE, CLASS_ZONED, CONVERSION_SAFE, "?",
     "?::timestamp AT TIME ZONE 'UTC'", NULL},

    {CLASS_JSON, CLASS_TEXT, CONVERSION_SAFE, "CAST(? AS TEXT)", "?::text",
     NULL},
    {CLASS_JSON, CLASS_JSON, CONVERSION_SAFE, "?", "?::@", NULL},
    {CLASS_BYTES, CLASS_TEXT, CONVERSION_MAY_FAIL, "CAST(? AS TEXT)",
     "convert_from(?, 'UTF8')", NULL},
    {CLASS_ENUM, CLASS_TEXT, CONVERSION_SAFE, "?", "?::text", NULL},
    {CLASS_ENUM, CLASS_ENUM, CONVERSION_MAY_FAIL, "?", "?::text::@", NULL},
    {CLASS_OTHER, CLASS_TEXT, CONVERSION_SAFE, "CAST(? AS TEXT)", "?::text",
     NULL},
};

static const conversion NEVER = {.risk = CONVERSION_NEVER, .expression = "?"};

static conversion convert_class(engine_kind engine, value_class from,
                                value_class to) {
    for (size_t i = 0; i < LENGTH(RULES); i++) {
        const struct rule *r = &RULES[i];
        if (r->from == from && r->to == to)
            return (conversion){
                r->risk, engine == ENGINE_SQLITE ? r->lite : r->pg, r->loss};
    }
    if (from != to)
        return NEVER;
    if (from == CLASS_OTHER)
        return (conversion){CONVERSION_MAY_FAIL,
                            engine == ENGINE_SQLITE ? "?" : "?::text::@", NULL};
    return (conversion){CONVERSION_SAFE, "?", NULL};
}

/* A table that somebody else made keeps nothing out, and a column of SQLite
 * takes what does not convert as it is. json() fails on what is no JSON. */
static const struct guard {
    value_class to;
    const char *expression;
} GUARDS[] = {
    {CLASS_BOOLEAN,
     "CASE lower(?) WHEN 'true' THEN 1 WHEN 'false' THEN 0 WHEN '1' THEN 1"
     " WHEN '0' THEN 0 ELSE json('neither true nor false: ' || ?) END"},
    {CLASS_INTEGER,
     "CASE WHEN ? IS NULL OR CAST(CAST(? AS INTEGER) AS TEXT) = ? THEN ?"
     " ELSE json('no integer: ' || ?) END"},
    {CLASS_FLOAT,
     "CASE WHEN ? IS NULL OR json_type(?) IN ('integer', 'real') THEN ?"
     " ELSE json('no number: ' || ?) END"},
    {CLASS_DECIMAL,
     "CASE WHEN ? IS NULL OR json_type(?) IN ('integer', 'real') THEN ?"
     " ELSE json('no number: ' || ?) END"},
};

static void guard(conversion *c, value_class from, value_class to,
                  const convertible *place) {
    if (place->structure->engine != ENGINE_SQLITE || from != CLASS_TEXT ||
        place->table->is_strict ||
        structure_find_check(place->table, place->column->name) != NULL)
        return;
    for (size_t i = 0; i < LENGTH(GUARDS); i++)
        if (GUARDS[i].to == to)
            c->expression = GUARDS[i].expression;
}

/* varchar(20) is narrower than text or varchar(50). It must fail on longer
 * values; with a cast written out PostgreSQL would cut them. */
static bool is_narrower_text(str from, str to) {
    static const str LENGTH_MARK = STR_INIT("(");
    return memmem(to.ptr, to.len, LENGTH_MARK.ptr, 1) != NULL &&
           !str_equal(from, to);
}

static int size_of_integer(str type) {
    if (str_equal(type, STR("smallint")))
        return 2;
    return str_equal_ignoring_case(type, STR("bigint")) ? 8 : 4;
}

/* The last number in the brackets of numeric(10,2) and timestamp(3). */
static int64_t digits_of(str type, int64_t without) {
    int64_t digits = 0;
    size_t open = str_find_char(type, '(');
    if (open == type.len)
        return without;
    str inside = str_slice(type, open + 1, str_find_char(type, ')'));
    size_t comma = str_find_char(inside, ',');
    if (comma < inside.len)
        inside = str_slice(inside, comma + 1, inside.len);
    else if (str_starts_with_ignoring_case(type, STR("numeric")))
        return 0;
    return str_parse_int64(str_trim(inside), &digits) ? digits : without;
}

static bool is_point_in_time(value_class c) {
    return c == CLASS_TIME || c == CLASS_ZONED;
}

/* PostgreSQL rounds without a word; NULL when all digits have room. */
static const char *rounding(engine_kind engine, value_class from,
                            value_class to, str from_type, str to_type) {
    enum { ALL = 1000, DEFAULT_SCALE = 30, MICROSECONDS = 6, MILLISECONDS = 3 };
    static const char TIME[] = "fractions of a second are rounded";
    bool is_big = from == CLASS_INTEGER && size_of_integer(from_type) == 8;
    if (to == CLASS_FLOAT && is_big)
        return DIGITS;
    if (engine == ENGINE_SQLITE)
        return NULL;
    if (to == CLASS_FLOAT && str_equal(to_type, STR("real")) &&
        !str_equal(from_type, STR("real")) &&
        (from == CLASS_FLOAT || from == CLASS_INTEGER))
        return "digits past the 6th are lost";
    int64_t had =
        digits_of(from_type, from == CLASS_DECIMAL ? ALL : MICROSECONDS);
    if (to == CLASS_DECIMAL) {
        int64_t has = digits_of(to_type, ALL);
        bool is_open = from == CLASS_FLOAT || from == CLASS_TEXT;
        return (from == CLASS_DECIMAL && has < had) ||
                       (is_open && has < DEFAULT_SCALE)
                   ? ROUNDED
                   : NULL;
    }
    if (is_point_in_time(from) && is_point_in_time(to))
        return digits_of(to_type, MICROSECONDS) < had ? TIME : NULL;
    return is_point_in_time(from) && to == CLASS_TEXT && had > MILLISECONDS
               ? TIME
               : NULL;
}

static void look_closer(engine_kind engine, conversion *c, value_class from,
                        value_class to, str from_type, str to_type) {
    const char *loss = rounding(engine, from, to, from_type, to_type);
    if (from == CLASS_TEXT && to == CLASS_TEXT &&
        is_narrower_text(from_type, to_type))
        c->risk = CONVERSION_MAY_FAIL;
    if (from == CLASS_INTEGER && to == CLASS_INTEGER &&
        size_of_integer(to_type) < size_of_integer(from_type))
        c->risk = CONVERSION_MAY_FAIL;
    if (loss == NULL || c->risk == CONVERSION_NEVER)
        return;
    c->risk = CONVERSION_LOSES;
    c->loss = loss;
}

/* A text that is too long must fail; a cast written out would cut it. */
static conversion convert_list(engine_kind engine, value_class to,
                               conversion element) {
    if (element.risk == CONVERSION_NEVER || engine == ENGINE_SQLITE)
        return NEVER;
    if (element.risk == CONVERSION_SAFE)
        element.risk = CONVERSION_MAY_FAIL;
    element.expression = to == CLASS_TEXT ? "?::text[]" : "?::text[]::@";
    return element;
}

#define PG_TEXTS "CASE WHEN ? IS NULL THEN '{}' ELSE ARRAY[?]::text[] END"
#define PG_LIST "CASE WHEN ? IS NULL THEN '{}'::@ ELSE ARRAY[?]::@ END"
#define LITE_LIST(item) "CASE WHEN ? IS NOT NULL THEN json_array(" item ") END"

/* A list of one: on SQLite JSON, in which each type has its own spelling. */
static conversion make_list(engine_kind engine, value_class from,
                            value_class to_class, const field *to,
                            const conversion *element) {
    static const conversion PLAIN = {CONVERSION_SAFE, LITE_LIST("?"), NULL};
    static const conversion TEXT = {CONVERSION_SAFE,
                                    LITE_LIST("CAST(? AS TEXT)"), NULL};
    static const conversion BOOLEAN = {
        CONVERSION_SAFE, LITE_LIST("json(iif(?, 'true', 'false'))"), NULL};
    static const conversion JSON = {CONVERSION_SAFE, LITE_LIST("json(?)"),
                                    NULL};
    if (engine == ENGINE_POSTGRESQL)
        return (conversion){element->risk,
                            to_class == CLASS_TEXT ? PG_TEXTS : PG_LIST,
                            element->loss};
    if (from == CLASS_BYTES)
        return NEVER;
    if (to != NULL && to->kind == FIELD_SCALAR && to->scalar == SCALAR_BOOLEAN)
        return BOOLEAN;
    if (to != NULL && to->kind == FIELD_SCALAR && to->scalar == SCALAR_JSON)
        return JSON;
    if (to != NULL && to->scalar == SCALAR_STRING && from != CLASS_TEXT)
        return TEXT;
    return PLAIN;
}

static conversion take_first(engine_kind engine, value_class to) {
    static const char LOSS[] = "all items of a list but the first are lost";
    if (engine == ENGINE_POSTGRESQL)
        return (conversion){CONVERSION_LOSES, "(?)[1]::text::@", LOSS};
    if (to == CLASS_BYTES)
        return NEVER;
    return (conversion){CONVERSION_LOSES, "json_extract(?, '$[0]')", LOSS};
}

conversion plan_convert(convertible from, convertible to) {
    engine_kind engine = to.structure->engine;
    value_class x = class_of(from);
    value_class y = class_of(to);
    conversion c = convert_class(engine, x, y);
    look_closer(engine, &c, x, y, element_of(from.column->type),
                element_of(to.column->type));
    guard(&c, x, y, &to);
    bool was_list = is_list(from);
    if (was_list != is_list(to)) {
        if (c.risk == CONVERSION_NEVER)
            return NEVER;
        return was_list ? take_first(engine, y)
                        : make_list(engine, x, y, to.column->field, &c);
    }
    return was_list ? convert_list(engine, y, c) : c;
}

void plan_convert_write(buf *out, const conversion *c, str column, str type) {
    for (const char *p = c->expression; *p != '\0'; p++) {
        if (*p == '?')
            sql_write_name(out, column);
        else if (*p == '@')
            buf_append(out, type);
        else
            buf_append_char(out, *p);
    }
}
